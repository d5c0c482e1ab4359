import { randomUUID } from 'node:crypto';
import type { Courier, Outcome } from './courier.ts';

export type Events = ReturnType<typeof createEvents>;

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';
const RETRIES = 5;

/**
 * What AWS puts on our queue of receipts: events of the default bus, and notifications of SNS topics, each as one JSON
 * body by HTTP POST. While nobody said where to, they are dropped and counted.
 */
export function createEvents(courier: Courier, now: () => number, firstUrl?: string) {
  let url = firstUrl;
  let emitted = 0;
  let dropped = 0;

  async function emit(event: object): Promise<Outcome> {
    if (url === undefined) {
      dropped += 1;
      return 'unreachable';
    }
    emitted += 1;
    return courier.send({
      url,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(event)),
      retries: RETRIES,
      retryOn: (outcome) => typeof outcome !== 'number' || outcome < 200 || outcome > 299,
    });
  }

  const time = () => new Date(now()).toISOString();

  return {
    bus: (source: string, detailType: string, detail: object) =>
      emit({
        version: '0',
        id: randomUUID(),
        'detail-type': detailType,
        source,
        account: ACCOUNT,
        time: time(),
        region: REGION,
        resources: [],
        detail,
      }),
    topic: (name: string, message: object) =>
      emit({
        Type: 'Notification',
        MessageId: randomUUID(),
        TopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`,
        Message: JSON.stringify(message),
        Timestamp: time(),
      }),
    sendTo(next: string): void {
      url = next;
    },
    counts: () => ({ emitted, dropped }),
  };
}
