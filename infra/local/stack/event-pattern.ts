export type EventPattern = (event: unknown) => boolean;

/**
 * A pattern of Lambda's event filters or of an EventBridge rule: every part must fit. Throws for a rule other than
 * equality with a text and `prefix`, so that nothing passes here that would not pass on AWS.
 */
export const createPattern = (pattern: unknown): EventPattern => compile(pattern, JSON.stringify(pattern));

function compile(pattern: unknown, whole: string): EventPattern {
  if (Array.isArray(pattern)) {
    const rules = pattern.map((rule) => compileRule(rule, whole));
    return (value) => rules.some((fits) => fits(value));
  }
  if (typeof pattern !== 'object' || pattern === null) throw unknownRule(pattern, whole);
  const parts = Object.entries(pattern).map(([key, part]) => ({ key, fits: compile(part, whole) }));
  return (value) => parts.every(({ key, fits }) => fits((value as Record<string, unknown> | undefined)?.[key]));
}

function compileRule(rule: unknown, whole: string): EventPattern {
  if (typeof rule === 'string') return (value) => value === rule;
  const [[name, argument] = [], ...others] = Object.entries(rule ?? {});
  if (name === 'prefix' && typeof argument === 'string' && others.length === 0) {
    return (value) => typeof value === 'string' && value.startsWith(argument);
  }
  throw unknownRule(rule, whole);
}

const unknownRule = (rule: unknown, whole: string) =>
  new Error(`The local run does not know the filter rule ${JSON.stringify(rule)} in ${whole}.`);
