export const COMMANDS = ['/leave', '/accept', '/join', '/assign', '/notify', '/enqueue', '/set'] as const;
export type Command = (typeof COMMANDS)[number];

/** The system command that a text names, or undefined. `>` commands belong to bots and are not ours to run. */
export const commandOf = (text: string | undefined): Command | undefined => {
  const word = text?.trim().split(/\s+/, 1)[0];
  return COMMANDS.find((command) => command === word);
};

/** A system command that there is not; the message fails with this error. */
export const UNKNOWN_COMMAND = { code: 'unknown_command', message: 'There is no such command.' } as const;
export const isUnknownCommand = ({ type, text }: { type: string; text?: string }): boolean =>
  type === 'command' && text?.trim().startsWith('/') === true && commandOf(text) === undefined;
