import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAwsSms } from '../../shared/providers/aws-sms/aws-sms.ts';
import { correlationFields } from '../../shared/providers/correlation.ts';
import type { Content } from '../../shared/providers/provider.ts';
import { awsSmsRequest, CORRELATION, withParams } from './builders.ts';
import { smsEvent } from './contract/aws-sms.ts';
import { type ProviderServer, startProviderServer } from './provider-server.ts';
import { loadSpec, NOT_CHECKED } from './specs.ts';

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const accepted = {
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: { MessageId: '862a8790' },
};
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const sms = () => createAwsSms({ endpoint: server.url, region: 'eu-west-1', credentials });
const sentJson = () => JSON.parse(server.requests[0]?.body ?? '{}');
const parse = (event: Parameters<NonNullable<ReturnType<typeof sms>['parseEvent']>>[0]) => sms().parseEvent?.(event, 0);

describe('SMS by AWS', () => {
  test('goes as one signed SendTextMessage that carries the correlation, on a connection of its own', async () => {
    server.script(accepted);
    await sms().send(awsSmsRequest());
    expect(server.requests[0]?.headers).toMatchObject({
      'x-amz-target': 'PinpointSMSVoiceV2.SendTextMessage',
      authorization: expect.stringContaining('/eu-west-1/sms-voice/aws4_request'),
      connection: 'close',
    });
    expect(sentJson()).toEqual({
      DestinationPhoneNumber: '+31646280994',
      OriginationIdentity: '+12065550152',
      MessageBody: 'Hello John',
      MessageType: 'TRANSACTIONAL',
      ConfigurationSetName: 'overture',
      Context: correlationFields(CORRELATION),
    });
  });

  test('goes as the sender that the message names, and as promotion where the service says so', async () => {
    server.script(accepted);
    const request = awsSmsRequest({ senderId: 'Overture' });
    await sms().send(withParams(request, { messageType: 'PROMOTIONAL', configurationSet: undefined }));
    expect(sentJson()).toMatchObject({ OriginationIdentity: 'Overture', MessageType: 'PROMOTIONAL' });
    expect(sentJson()).not.toHaveProperty('ConfigurationSetName');
  });

  test('sends a template as the text that the contact reads', async () => {
    server.script(accepted);
    const content: Content = { kind: 'template', name: 'n', language: 'nl', parameters: [], text: 'Hoi John' };
    await sms().send(awsSmsRequest({ content }));
    expect(sentJson()).toMatchObject({ MessageBody: 'Hoi John' });
  });

  test('asks for nothing that the specification does not know', async (context) => {
    const spec = loadSpec('aws-sms-voice-v2.openapi.yaml');
    if (!spec) return context.skip(NOT_CHECKED);
    server.script(accepted);
    await sms().send(awsSmsRequest());
    const schema = '#/components/schemas/SendTextMessageRequest';
    expect(spec.errors(schema, sentJson())).toEqual([]);
    expect(spec.unknownProperties(schema, sentJson())).toEqual([]);
    expect(spec.errors(schema, { MessageBody: 'Hello John' })).not.toEqual([]);
  });

  test('may have been sent when the answer names no message', async () => {
    server.script({ ...accepted, body: {} });
    expect(await sms().send(awsSmsRequest())).toMatchObject({ class: 'ambiguous', code: 'unknown' });
  });

  test('was not sent when there are no credentials to sign it by', async () => {
    server.script(accepted);
    const failing = createAwsSms({
      endpoint: server.url,
      region: 'eu-west-1',
      credentials: async () => {
        throw Object.assign(new Error('no role'), { name: 'CredentialsProviderError' });
      },
    });
    expect(await failing.send(awsSmsRequest())).toMatchObject({ class: 'permanent', scope: 'account' });
    expect(server.requests).toHaveLength(0);
  });
});

describe('an event of AWS about an SMS', () => {
  test('tells status, moment and correlation, from the bus and from a topic alike', () => {
    const expected = [
      {
        kind: 'delivery',
        providerId: '862a8790-60c0-4430-9b2b-658bdexample',
        status: 'delivered',
        correlation: CORRELATION,
        at: 1686975103470,
      },
    ];
    expect(parse(smsEvent('DELIVERED'))).toEqual(expected);
    expect(parse({ ...smsEvent('DELIVERED'), source: 'aws.sns', detailType: '' })).toEqual(expected);
  });

  test.each([
    ['QUEUED', 'accepted', undefined],
    ['PENDING', 'accepted', undefined],
    ['SENT', 'sent', undefined],
    ['SUCCESSFUL', 'sent', undefined],
    ['TTL_EXPIRED', 'expired', 'permanent'],
    ['UNREACHABLE', 'failed', 'retryable'],
    ['CARRIER_UNREACHABLE', 'failed', 'retryable'],
    ['INVALID', 'failed', 'permanent'],
    ['INVALID_MESSAGE', 'failed', 'permanent'],
    ['BLOCKED', 'failed', 'permanent'],
    ['CARRIER_BLOCKED', 'failed', 'permanent'],
    ['PROTECT_BLOCKED', 'failed', 'permanent'],
    ['SPAM', 'failed', 'permanent'],
  ])('%s is %s, %s', (word, status, failure) => {
    const [event] = parse(smsEvent(word)) ?? [];
    expect(event).toMatchObject({ status, ...(failure && { error: { code: word, class: failure } }) });
  });

  test('without a correlation of ours names its message by the id of AWS alone', () => {
    for (const context of [undefined, { c: 'someone', k: 'else' }, 'c=1']) {
      const [event] = parse(smsEvent('DELIVERED', { context })) ?? [];
      expect(event).toMatchObject({ providerId: '862a8790-60c0-4430-9b2b-658bdexample' });
      expect(event).not.toHaveProperty('correlation');
    }
  });

  test('takes the status of its type where it has no other', () =>
    expect(parse(smsEvent('DELIVERED', { messageStatus: undefined }))).toMatchObject([{ status: 'delivered' }]));
});

describe('a reply by SMS to a number of AWS', () => {
  const reply = {
    originationNumber: '+31646280994',
    destinationNumber: '+12065550152',
    messageKeyword: 'KEYWORD_1',
    messageBody: 'Hallo?',
    inboundMessageId: 'cae173d2',
    previousPublishedMessageId: '862a8790',
  };
  const event = (detail: unknown) => ({ source: 'aws.sns', detailType: '', detail });

  test('is from the contact, to the number', () =>
    expect(parse(event(reply))).toEqual([
      {
        kind: 'inbound',
        providerId: 'cae173d2',
        touchpoint: 'sms',
        from: '+31646280994',
        to: '+12065550152',
        text: 'Hallo?',
        media: [],
      },
    ]));

  test.each([
    ['an id', { inboundMessageId: undefined }],
    ['a telephone number of the sender', { originationNumber: '12345' }],
  ])('without %s is nothing', (_, missing) => expect(parse(event({ ...reply, ...missing }))).toEqual([]));
});
