export const COMMANDS = ['/leave', '/accept', '/join', '/assign', '/notify', '/enqueue'] as const;
export type Command = (typeof COMMANDS)[number];

/** The system command that a text names, or undefined. `>` commands belong to bots and are not ours to run. */
export const commandOf = (text: string | undefined): Command | undefined => {
  const word = text?.trim().split(/\s+/, 1)[0];
  return COMMANDS.find((command) => command === word);
};
