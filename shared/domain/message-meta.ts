export type Meta = Readonly<Record<string, unknown>>;

/** Keys of a message's meta that decide how it goes out, or what its command does. */
const STEERING: ReadonlySet<string> = new Set([
  'template',
  'language',
  'parameters',
  'header',
  'buttons',
  'fallbackTemplate',
  'fallbackParameters',
  'callerText',
  'subject',
  'attachments',
  'SenderID',
  'purpose',
  'users',
  'channels',
  'organizations',
]);

export const steering = (meta: Meta): Meta =>
  Object.fromEntries(Object.entries(meta).filter(([key]) => STEERING.has(key)));
