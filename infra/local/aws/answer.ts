/** What the stand-in answers to a request: an HTTP status, and JSON. */
export type Answer = readonly [status: number, body: Record<string, unknown>];

/** An error as SDK clients read it, whichever protocol their service speaks. */
export const refusal = (status: number, type: string, message: string): Answer => [
  status,
  { __type: type, message, Message: message },
];
