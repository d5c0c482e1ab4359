import { correlationTags } from '../../../shared/providers/correlation.ts';
import { parseSesEvent } from '../../../shared/providers/ses/events.ts';
import { createSes } from '../../../shared/providers/ses/ses.ts';
import { CORRELATION, emailRequest } from '../builders.ts';
import type { Script } from '../provider-server.ts';
import type { Harness } from './suite.ts';

const xml = (status: number, body: string): Script => ({ status, body, headers: { 'content-type': 'text/xml' } });
const refusal = (status: number, code: string, message = code): Script =>
  xml(
    status,
    `<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  );

const tags = Object.fromEntries(correlationTags(CORRELATION).map(({ Name, Value }) => [Name, [Value]]));

/** An event as EventBridge brings it, with all that any kind of it has. */
const sesEvent = (detailType: string, more: Readonly<Record<string, unknown>> = {}) => ({
  source: 'aws.ses',
  detailType,
  detail: {
    mail: { messageId: '0102-ses', timestamp: '2026-11-22T10:00:00.000Z', destination: ['john@example.org'], tags },
    bounce: { bounceType: 'Transient', bounceSubType: 'MailboxFull', bouncedRecipients: [] },
    ...more,
  },
});

export const SES: Harness = {
  create: (endpoint) =>
    createSes({ endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }),
  request: emailRequest(),
  before: [],
  accepted: xml(
    200,
    '<SendRawEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendRawEmailResult><MessageId>0102-ses</MessageId></SendRawEmailResult></SendRawEmailResponse>',
  ),
  providerId: '0102-ses',
  throttled: refusal(400, 'Throttling', 'Maximum sending rate exceeded.'),
  broken: refusal(500, 'InternalFailure'),
  errors: [
    ['MessageRejected', refusal(400, 'MessageRejected'), { class: 'permanent', scope: 'content' }],
    ['a paused account', refusal(400, 'AccountSendingPausedException'), { class: 'permanent', scope: 'account' }],
  ],
  reports: {
    echoes: true,
    words: {
      accepted: 'Email Sent',
      delivered: 'Email Delivered',
      read: 'Email Opened',
      failed: 'Email Bounced',
    },
    unknown: 'Email Teleported',
    read: (word, more) => parseSesEvent(sesEvent(word, more)),
  },
};
