import { createSes } from '../../../shared/providers/ses/ses.ts';
import { emailRequest } from '../builders.ts';
import type { Script } from '../provider-server.ts';
import type { Harness } from './suite.ts';

const xml = (status: number, body: string): Script => ({ status, body, headers: { 'content-type': 'text/xml' } });
const refusal = (status: number, code: string, message = code): Script =>
  xml(
    status,
    `<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  );

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
};
