import * as z from 'zod';

/**
 * The environment variables a function was deployed with, read once at load.
 * Throws one sentence naming what is missing or wrong: a wrong deployment must not start serving.
 */
export function readEnvironment<T extends z.ZodType>(schema: T, source: NodeJS.ProcessEnv = process.env): z.infer<T> {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The function's environment is incomplete. ${problems.join('; ')}`);
}

export const text = z.string().min(1);
export const milliseconds = z.coerce.number().int().positive();
export const seconds = z.coerce.number().int().nonnegative();
