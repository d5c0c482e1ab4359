import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AWS } from '../../infra/local/doubles/credentials.ts';
import { openAws } from './aws.ts';
import { CONTACT, eventually, freeText, openStage, type Stage, template } from './support.ts';

let stage: Stage;
let aws: Awaited<ReturnType<typeof openAws>>;
beforeEach(async () => {
  stage = await openStage();
  aws = await openAws(stage);
});
afterEach(() => stage.close());

const welcome = { ...template('welcome', 'nl', ['Ana']), biz_opaque_callback_data: 'c=c1&k=k1&a=1&m=m1' };
const statuses = () => aws.events().map(({ detail }) => detail.status);
const errorOf = (response: Response) => [response.status, response.headers.get('x-amzn-errortype')];
const write = () =>
  stage.control('POST', 'reply', { touchpoint: 'whatsapp', from: CONTACT, to: AWS.metaPhoneNumberId, text: 'Hoi' });

describe('a WhatsApp message at AWS', () => {
  it('is in the outbox filled in, under the id of the answer', async () => {
    const { messageId } = JSON.parse(await (await aws.whatsapp(welcome)).text());
    expect(await stage.outbox()).toMatchObject([
      { provider: 'aws-social', to: CONTACT, text: 'Dag Ana', providerId: messageId, messageId: 'm1' },
    ]);
  });

  it('is told of on the default bus by AWS’s id, and by nothing of ours', async () => {
    const { messageId } = JSON.parse(await (await aws.whatsapp(welcome)).text());
    await eventually(() => expect(statuses()).toEqual(['sent', 'delivered']));
    expect(aws.events()[1]).toMatchObject({
      source: 'aws.social-messaging',
      'detail-type': 'WhatsApp Message Delivered',
      detail: { messageId, originationPhoneNumberId: AWS.metaPhoneNumberId },
    });
    expect(JSON.stringify(aws.events())).not.toContain('m1');
  });

  it('outside the window is taken, and fails later as Meta has it', async () => {
    expect((await aws.whatsapp(freeText('hello'))).status).toBe(200);
    await eventually(() => expect(statuses()).toEqual(['failed']));
    expect(aws.events()[0].detail.errors).toMatchObject([{ code: 131047 }]);
    expect(await stage.outbox()).toEqual([]);
  });

  it('may be free text after the contact wrote, which comes by a topic as Meta’s webhook', async () => {
    expect((await write()).status).toBe(200);
    const [notification] = aws.events();
    const { whatsAppWebhookEntry } = JSON.parse(notification.Message);
    expect(JSON.parse(whatsAppWebhookEntry).changes[0].value).toMatchObject({
      metadata: { phone_number_id: AWS.metaPhoneNumberId },
      messages: [{ from: CONTACT.slice(1), text: { body: 'Hoi' } }],
    });
    await aws.whatsapp(freeText('hello'));
    expect(await stage.outbox()).toMatchObject([{ text: 'hello' }]);
  });

  it.each([
    ['a number without its plus', { ...welcome, to: CONTACT.slice(1) }, undefined, [400, 'InvalidParametersException']],
    ['a number of ours that is not linked', welcome, 'phone-number-id-x', [404, 'ResourceNotFoundException']],
  ])('is refused for %s', async (_, message, from, error) => {
    expect(errorOf(await aws.whatsapp(message, from))).toEqual(error);
    expect(await stage.outbox()).toEqual([]);
  });

  it.each([
    ['429', [429, 'ThrottledRequestException']],
    ['500', [500, 'InternalServiceException']],
    ['reject:AccessDeniedByMetaException', [400, 'AccessDeniedByMetaException']],
  ])('is answered by the fault %s once, and nothing is sent', async (behaviour, error) => {
    await stage.fault('aws-social', behaviour);
    expect(errorOf(await aws.whatsapp(welcome))).toEqual(error);
    expect(await stage.outbox()).toEqual([]);
    expect((await aws.whatsapp(welcome)).status).toBe(200);
  });

  it('whose answer is lost was sent; one that is to fail reaches nobody', async () => {
    await stage.fault('aws-social', 'accept-then-drop');
    await expect(aws.whatsapp(welcome)).rejects.toThrow();
    expect(await stage.outbox()).toHaveLength(1);
    await stage.control('DELETE', 'outbox');
    await stage.fault('aws-social', 'fail:131026');
    await aws.whatsapp(welcome);
    await eventually(() => expect(statuses()).toContain('failed'));
    expect(await stage.outbox()).toEqual([]);
  });

  it('may never be told of', async () => {
    await stage.fault('aws-social', 'lose-callbacks');
    const { messageId: silent } = JSON.parse(await (await aws.whatsapp(welcome)).text());
    const { messageId: heard } = JSON.parse(await (await aws.whatsapp(welcome)).text());
    await eventually(() => expect(statuses()).toHaveLength(2));
    const ids = aws.events().map(({ detail }) => detail.messageId);
    expect([ids.includes(silent), ids.includes(heard)]).toEqual([false, true]);
  });
});
