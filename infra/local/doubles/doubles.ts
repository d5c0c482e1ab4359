import { createAwsSms } from './aws-sms.ts';
import { createAwsSocial } from './aws-social.ts';
import { createControl } from './control.ts';
import { createCourier } from './courier.ts';
import { createEvents } from './events.ts';
import { createFaultBook } from './faults.ts';
import { createMeta } from './meta.ts';
import { createOutbox } from './outbox.ts';
import { createPort } from './port.ts';
import { createReplies } from './reply.ts';
import { loadRequestChecks } from './request-checks.ts';
import { createSenders } from './senders.ts';
import { createSes } from './ses.ts';
import { createSunshine } from './sunshine.ts';
import { createTwilio } from './twilio.ts';
import { recordViolations } from './violations.ts';

export interface DoublesConfig {
  /** 0 or absent takes a free one. */
  readonly ports?: {
    readonly twilio?: number;
    readonly whatsapp?: number;
    readonly ses?: number;
    readonly awsSms?: number;
    readonly awsSocial?: number;
    readonly sunshine?: number;
    readonly control?: number;
  };
  /** The SES emulator behind the tee; without one, mails are only kept in the outbox. */
  readonly sesEndpoint?: string;
  /** Folder of the providers' OpenAPI documents. */
  readonly specsDir?: string;
  /** How long the providers take to answer. */
  readonly latencyMs?: number;
}

/** Where the doubles listen, and whether requests are checked against the providers' documents. */
export interface Addresses {
  readonly twilio: string;
  readonly whatsapp: string;
  readonly ses: string;
  readonly awsSms: string;
  readonly awsSocial: string;
  readonly sunshine: string;
  readonly control: string;
  readonly specs: boolean;
}

/** All doubles in this process. `now` is theirs alone: tests of the 24-hour window move it. */
export async function openDoubles(config: DoublesConfig, now: () => number = Date.now) {
  const violations = recordViolations(loadRequestChecks(config.specsDir), now);
  const [senders, faults, outbox, courier] = [createSenders(), createFaultBook(), createOutbox(now), createCourier()];
  const events = createEvents(courier);
  const kit = { now, senders, faults, outbox, courier, events, checks: violations.checks };
  const [twilio, meta, ses] = [createTwilio(kit), createMeta(kit), createSes(kit, config.sesEndpoint)];
  const [awsSms, awsSocial, sunshine] = [createAwsSms(kit), createAwsSocial(kit), createSunshine(kit)];
  const { latencyMs } = config;
  const ports = {
    twilio: createPort(twilio.answer, latencyMs),
    whatsapp: createPort(meta.answer, latencyMs),
    ses: createPort(ses.answer, latencyMs),
    'aws-sms': createPort(awsSms.answer, latencyMs),
    'aws-social': createPort(awsSocial.answer, latencyMs),
    sunshine: createPort(sunshine.answer, latencyMs),
  };
  const reply = createReplies(kit, { ses, twilio, meta, awsSms, awsSocial, sunshine });
  const control = createPort(createControl({ outbox, faults, senders, violations, events, reply, meta, ports }));
  const wanted = config.ports ?? {};
  await Promise.all([
    ports.twilio.listen(wanted.twilio ?? 0),
    ports.whatsapp.listen(wanted.whatsapp ?? 0),
    ports.ses.listen(wanted.ses ?? 0),
    ports['aws-sms'].listen(wanted.awsSms ?? 0),
    ports['aws-social'].listen(wanted.awsSocial ?? 0),
    ports.sunshine.listen(wanted.sunshine ?? 0),
    control.listen(wanted.control ?? 0),
  ]);
  const addresses: Addresses = {
    twilio: ports.twilio.url(),
    whatsapp: ports.whatsapp.url(),
    ses: ports.ses.url(),
    awsSms: ports['aws-sms'].url(),
    awsSocial: ports['aws-social'].url(),
    sunshine: ports.sunshine.url(),
    control: control.url(),
    specs: violations.checks.present,
  };
  return {
    addresses,
    async stop(): Promise<void> {
      courier.stop();
      await Promise.all([...Object.values(ports), control].map((port) => port.close()));
    },
  };
}
