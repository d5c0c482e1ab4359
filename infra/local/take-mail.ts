import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LocalStack } from './stack/local-stack.ts';

/** Where mails come in: beside `EVENTS_PATH`, which is all that the doubles are told. */
export const MAIL_PATH = '/_local/mail';

/** Receives the MIME of a mail, as SES's receipt rule does. Answers where it lies; 503 while nothing runs yet. */
export async function takeMail(
  request: IncomingMessage,
  response: ServerResponse,
  stack: Pick<LocalStack, 'putMail'> | undefined,
): Promise<void> {
  const raw = Buffer.concat(await Array.fromAsync<Buffer>(request));
  const stored = await stack?.putMail(raw);
  response.writeHead(stored ? 201 : 503, { 'content-type': 'application/json' }).end(JSON.stringify(stored ?? {}));
}
