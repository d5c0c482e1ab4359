import type { Courier, Outcome } from './courier.ts';

export type Events = ReturnType<typeof createEvents>;

const RETRIES = 5;

/** What AWS's services tell by bus or topic instead of calling a webhook; the run says where to. */
export function createEvents(courier: Courier) {
  let url: string | undefined;

  /** Nobody to tell: it is gone, as without a rule. */
  const carry = async (to: string, contentType: string, body: Buffer): Promise<Outcome> =>
    url === undefined
      ? 'unreachable'
      : courier.send({
          url: new URL(to, url).href,
          headers: { 'content-type': contentType },
          body,
          retries: RETRIES,
          retryOn: (outcome) => typeof outcome !== 'number' || outcome > 299,
        });
  const emit = (event: object) => carry('', 'application/json', Buffer.from(JSON.stringify(event)));

  return {
    goTo(address: string): void {
      url = address;
    },
    /** To the default bus. */
    bus: (source: string, detailType: string, detail: object) => emit({ source, 'detail-type': detailType, detail }),
    /** To a topic of ours. */
    topic: (message: object) => emit({ Type: 'Notification', Message: JSON.stringify(message) }),
    /** A mail for us, as SES received it. */
    mail: (raw: Buffer) => carry('mail', 'message/rfc822', raw),
  };
}
