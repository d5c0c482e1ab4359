import { randomUUID } from 'node:crypto';
import type { Reply } from './port.ts';

/** A refusal in SES's words. */
export interface SesProblem {
  readonly code: string;
  readonly message: string;
}

const NAMESPACE = 'http://ses.amazonaws.com/doc/2010-12-01/';

const xml = (status: number, body: string): Reply => ({
  status,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': randomUUID() },
  body,
});

export const sesSent = (messageId: string): Reply =>
  xml(
    200,
    `<SendRawEmailResponse xmlns="${NAMESPACE}"><SendRawEmailResult><MessageId>${messageId}</MessageId></SendRawEmailResult>` +
      `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></SendRawEmailResponse>`,
  );

export const sesError = ({ code, message }: SesProblem, status = 400): Reply =>
  xml(
    status,
    `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type><Code>${code}</Code>` +
      `<Message>${escapeXml(message)}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
  );

const escapeXml = (text: string) => text.replace(/[<>&'"]/g, (character) => `&#${character.charCodeAt(0)};`);
