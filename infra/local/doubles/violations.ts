import type { Check, RequestChecks } from './request-checks.ts';

interface Violation {
  readonly seq: number;
  readonly at: string;
  readonly provider: 'twilio' | 'whatsapp' | 'aws-sms' | 'sunshine';
  readonly violation: string;
  readonly body: unknown;
}

/** Request checks that remember what they found. */
export function recordViolations(checks: RequestChecks, now: () => number) {
  let found: Violation[] = [];
  let lastSeq = 0;

  const recording =
    (provider: Violation['provider'], check: Check): Check =>
    (body) => {
      const violation = check(body);
      if (violation !== undefined) {
        lastSeq += 1;
        found.push({ seq: lastSeq, at: new Date(now()).toISOString(), provider, violation, body });
      }
      return violation;
    };

  return {
    checks: {
      present: checks.present,
      twilio: recording('twilio', checks.twilio),
      whatsapp: recording('whatsapp', checks.whatsapp),
      awsSms: recording('aws-sms', checks.awsSms),
      sunshine: (schema: string) => recording('sunshine', checks.sunshine(schema)),
    },
    list: () => found,
    clear(): void {
      found = [];
    },
  };
}
