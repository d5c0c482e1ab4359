import { AWS } from '../../infra/local/doubles/credentials.ts';
import type { Stage } from './support.ts';

export const [AWS_NUMBER] = AWS.numbers;

/** Both halves of AWS End User Messaging on a stage, with what they send and tell. */
export async function openAws(stage: Stage) {
  const templates = [{ name: 'welcome', language: 'nl', status: 'APPROVED', body: 'Dag {{1}}' }];
  const { phoneNumberId, metaPhoneNumberId, displayPhoneNumber } = AWS;
  await stage.control('PUT', 'senders', {
    'aws-sms': [{ originationIdentity: AWS_NUMBER }],
    'aws-social': [{ phoneNumberId, metaPhoneNumberId, displayPhoneNumber, templates }],
  });
  await stage.control('PUT', 'events-url', { url: `${stage.webhook.url}/events` });
  const { awsSms, awsSocial } = stage.addresses;

  return {
    sms: (fields: object = {}, target = 'PinpointSMSVoiceV2.SendTextMessage') =>
      fetch(awsSms, {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target },
        body: JSON.stringify({
          DestinationPhoneNumber: '+31646280994',
          OriginationIdentity: AWS_NUMBER,
          MessageBody: 'hello',
          Context: { c: 'c1', k: '1750030073000-0000000007', a: '1', m: 'm1' },
          ...fields,
        }),
      }),
    whatsapp: (message: object, originationPhoneNumberId: string = phoneNumberId) =>
      fetch(`${awsSocial}/v1/whatsapp/send`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          originationPhoneNumberId,
          metaApiVersion: 'v23.0',
          message: Buffer.from(
            JSON.stringify({
              messaging_product: 'whatsapp',
              recipient_type: 'individual',
              to: '+31646280994',
              ...message,
            }),
          ).toString('base64'),
        }),
      }),
    /** What was put on the bus or a topic, in the order of its coming. */
    events: () => stage.webhook.received.map(({ body }) => JSON.parse(body.toString())),
  };
}
