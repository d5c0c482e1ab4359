import { randomUUID } from 'node:crypto';
import { createPattern, type EventPattern } from './event-pattern.ts';
import { ACCOUNT, REGION } from './identity.ts';
import type { QueueTarget, SendTo } from './queue-targets.ts';
import type { Resources } from './resources.ts';

/** What a service tells the default bus; the rest of the envelope is the bus's. */
export interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: unknown;
  readonly resources?: readonly string[];
}

interface RuleProperties {
  readonly EventPattern: unknown;
  readonly State?: string;
  readonly Targets?: readonly TargetProperties[];
}
interface TargetProperties {
  readonly Arn: string;
  readonly Id: string;
  readonly DeadLetterConfig?: unknown;
  readonly SqsParameters?: { readonly MessageGroupId?: string };
}

const TARGET_FIELDS = new Set(['Arn', 'Id', 'DeadLetterConfig', 'SqsParameters']);

interface Rule {
  readonly fits: EventPattern;
  readonly targets: readonly QueueTarget[];
}

/**
 * The default bus with the template's rules: what fits a rule's pattern goes to the rule's queues. Throws, naming it, for
 * a pattern or a target that is not known here.
 */
export function createEventBus(resources: Resources, sendTo: SendTo) {
  const declared = resources.ofType<RuleProperties>('AWS::Events::Rule');
  const rules = declared.flatMap(({ logicalId, properties, created }): Rule[] => {
    const { EventPattern, State = 'ENABLED', Targets = [] } = properties;
    created({ ref: logicalId, attributes: { Arn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/${logicalId}` } });
    const targets = Targets.map((target) => targetOf(logicalId, target, sendTo));
    return State === 'ENABLED' ? [{ fits: createPattern(EventPattern), targets }] : [];
  });
  return async (event: BusEvent): Promise<void> => {
    const body = JSON.stringify({ ...envelope(), ...event });
    const targets = rules.filter(({ fits }) => fits(event)).flatMap((rule) => rule.targets);
    await Promise.all(targets.map((target) => target.send(body)));
  };
}

function targetOf(rule: string, target: TargetProperties, sendTo: SendTo): QueueTarget {
  const unknown = Object.keys(target).find((field) => !TARGET_FIELDS.has(field));
  if (unknown) throw new Error(`The local run does not know ${unknown} of a target of rule ${rule}.`);
  return sendTo(target.Arn, target.SqsParameters?.MessageGroupId);
}

const envelope = () => ({
  version: '0',
  id: randomUUID(),
  account: ACCOUNT,
  time: `${new Date().toISOString().slice(0, 19)}Z`,
  region: REGION,
  resources: [],
});
