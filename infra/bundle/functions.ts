/** Every deployed function; its handler is `functions/<name>/handler.ts`, export `handler`. */
export const FUNCTIONS = [
  'api',
  'admin',
  'bulk',
  'worker',
  'email',
  'sms',
  'whatsapp',
  'hooks',
  'sweeper',
  'publisher',
  'ingest',
] as const;
export type FunctionName = (typeof FUNCTIONS)[number];
