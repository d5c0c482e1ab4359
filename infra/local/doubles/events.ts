import type { Courier } from './courier.ts';

export type Events = ReturnType<typeof createEvents>;

const RETRIES = 5;

/** What AWS's services tell by bus or topic instead of calling a webhook; the run says where to. */
export function createEvents(courier: Courier) {
  let url: string | undefined;
  return {
    goTo(address: string): void {
      url = address;
    },
    /** An event as EventBridge or SNS would hand it on. Nobody to tell: it is gone, as without a rule. */
    emit(event: object): void {
      if (url === undefined) return;
      void courier.send({
        url,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(event)),
        retries: RETRIES,
        retryOn: (outcome) => typeof outcome !== 'number' || outcome > 299,
      });
    },
  };
}
