import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AWS_NUMBER, openAws } from './aws.ts';
import { CONTACT, eventually, openStage, type Stage } from './support.ts';

let stage: Stage;
let aws: Awaited<ReturnType<typeof openAws>>;
beforeEach(async () => {
  stage = await openStage();
  aws = await openAws(stage);
});
afterEach(() => stage.close());

const statuses = () => aws.events().map(({ detail }) => detail.messageStatus);
const answerOf = async (response: Response) => ({ status: response.status, ...JSON.parse(await response.text()) });

describe('an SMS at AWS', () => {
  it('is in the outbox under the id of the answer, with the id of our message', async () => {
    const { status, MessageId } = await answerOf(await aws.sms());
    expect(status).toBe(200);
    expect(await stage.outbox()).toMatchObject([
      { provider: 'aws-sms', touchpoint: 'sms', to: CONTACT, text: 'hello', providerId: MessageId, messageId: 'm1' },
    ]);
  });

  it('is told of on the default bus, step by step, with its context', async () => {
    const { MessageId } = await answerOf(await aws.sms());
    await eventually(() => expect(statuses()).toEqual(['PENDING', 'SUCCESSFUL', 'DELIVERED']));
    expect(aws.events()[2]).toMatchObject({
      source: 'aws.sms-voice',
      'detail-type': 'Text Message Delivery Status Updated',
      detail: { eventType: 'TEXT_DELIVERED', messageId: MessageId, isFinal: true, context: { c: 'c1', m: 'm1' } },
    });
    expect(aws.events().map(({ detail }) => detail.isFinal)).toEqual([false, false, true]);
  });

  it.each([
    ['a number that is none', { DestinationPhoneNumber: '0646280994' }, 'ValidationException'],
    ['no text', { MessageBody: '' }, 'ValidationException'],
    ['more text than AWS takes', { MessageBody: 'x'.repeat(1601) }, 'ValidationException'],
    ['a sender that is not there', { OriginationIdentity: '+12025550199' }, 'ResourceNotFoundException'],
  ])('is refused for %s', async (_, fields, exception) => {
    const { status, __type } = await answerOf(await aws.sms(fields));
    expect([status, __type]).toEqual([400, `com.amazonaws.pinpointsmsvoicev2#${exception}`]);
    expect(await stage.outbox()).toEqual([]);
  });

  it('may come from a name', async () => expect((await aws.sms({ OriginationIdentity: 'Garage' })).status).toBe(200));

  it('is all that this service knows', async () =>
    expect((await aws.sms({}, 'PinpointSMSVoiceV2.DescribePools')).status).toBe(400));

  it.each([
    ['429', 400, 'ThrottlingException', undefined],
    ['500', 500, 'InternalServerException', undefined],
    ['reject:ConflictException', 400, 'ConflictException', undefined],
    ['reject:DESTINATION_PHONE_NUMBER_OPTED_OUT', 400, 'ConflictException', 'DESTINATION_PHONE_NUMBER_OPTED_OUT'],
    ['reject:ACCOUNT_DISABLED', 400, 'AccessDeniedException', 'ACCOUNT_DISABLED'],
  ])('is answered by the fault %s once, and nothing is sent', async (behaviour, status, exception, reason) => {
    await stage.fault('aws-sms', behaviour);
    const answer = await answerOf(await aws.sms());
    expect(answer).toMatchObject({ status, __type: `com.amazonaws.pinpointsmsvoicev2#${exception}` });
    expect(answer.Reason).toBe(reason);
    expect(await stage.outbox()).toEqual([]);
    expect((await aws.sms()).status).toBe(200);
  });

  it('whose answer is lost was sent, and is told of', async () => {
    await stage.fault('aws-sms', 'accept-then-drop');
    await expect(aws.sms()).rejects.toThrow();
    expect(await stage.outbox()).toHaveLength(1);
    await eventually(() => expect(statuses()).toContain('DELIVERED'));
  });

  it('may never be told of, or of its failure alone, which nobody receives', async () => {
    await stage.fault('aws-sms', 'lose-callbacks');
    await aws.sms();
    await stage.control('DELETE', 'outbox');
    await stage.fault('aws-sms', 'fail:CARRIER_BLOCKED');
    await aws.sms();
    await eventually(() => expect(statuses()).toEqual(['PENDING', 'CARRIER_BLOCKED']));
    expect(await stage.outbox()).toEqual([]);
  });

  it('is answered by the contact through a topic', async () => {
    const answer = await stage.control('POST', 'reply', {
      touchpoint: 'sms',
      from: CONTACT,
      to: AWS_NUMBER,
      text: 'Hi',
    });
    expect(answer.status).toBe(200);
    const [notification] = aws.events();
    expect(notification.Type).toBe('Notification');
    expect(JSON.parse(notification.Message)).toMatchObject({
      originationNumber: CONTACT,
      destinationNumber: AWS_NUMBER,
      messageBody: 'Hi',
    });
  });
});
