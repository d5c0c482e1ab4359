import { randomUUID } from 'node:crypto';
import { createPattern, type EventPattern } from './event-pattern.ts';
import { ACCOUNT, arnOf, REGION } from './identity.ts';
import type { QueueTarget, SendTo } from './queue-targets.ts';
import type { Resources } from './resources.ts';

/** What a service tells a bus; the rest of the envelope is the bus's. */
export interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: unknown;
  readonly resources?: readonly string[];
}

export interface EventBuses {
  has(bus: string): boolean;
  /** Rules lead to queues from now on. Throws, naming it, for a bus, a pattern or a target that is not known here. */
  connect(sendTo: SendTo): void;
  /** Tells a bus, by name or ARN; the account's default one unless named. Answers the event's id. */
  put(event: BusEvent, bus?: string): Promise<string>;
}

interface RuleProperties {
  readonly EventBusName?: string;
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
const DEFAULT_BUS = 'default';

interface Rule {
  readonly bus: string;
  readonly fits: EventPattern;
  readonly targets: readonly QueueTarget[];
}

/** The default bus and those of the template: what fits a rule's pattern goes to the rule's queues. */
export function createEventBuses(resources: Resources): EventBuses {
  const buses = new Set([DEFAULT_BUS, ...createBuses(resources)]);
  let rules: readonly Rule[] = [];
  const has = (bus: string) => buses.has(nameOf(bus));
  return {
    has,
    connect(sendTo) {
      rules = readRules(resources, sendTo);
      const lost = rules.find(({ bus }) => !has(bus));
      if (lost) throw new Error(`A rule listens to the bus ${lost.bus}, which the template does not have.`);
    },
    async put(event, bus = DEFAULT_BUS) {
      const id = randomUUID();
      const body = JSON.stringify({ ...envelope(id), ...event });
      const fitting = rules.filter((rule) => rule.bus === nameOf(bus) && rule.fits(event));
      await Promise.all(fitting.flatMap(({ targets }) => targets.map((target) => target.send(body))));
      return id;
    },
  };
}

const nameOf = (nameOrArn: string): string => nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);

const createBuses = (resources: Resources): string[] =>
  resources.ofType<{ readonly Name: string }>('AWS::Events::EventBus').map(({ properties: { Name }, created }) => {
    created({ ref: Name, attributes: { Name, Arn: arnOf('events', `event-bus/${Name}`) } });
    return Name;
  });

const readRules = (resources: Resources, sendTo: SendTo): Rule[] =>
  resources.ofType<RuleProperties>('AWS::Events::Rule').flatMap(({ logicalId, properties, created }): Rule[] => {
    const { EventBusName = DEFAULT_BUS, EventPattern, State = 'ENABLED', Targets = [] } = properties;
    const bus = nameOf(EventBusName);
    const path = bus === DEFAULT_BUS ? logicalId : `${bus}/${logicalId}`;
    created({ ref: logicalId, attributes: { Arn: arnOf('events', `rule/${path}`) } });
    const targets = Targets.map((target) => targetOf(logicalId, target, sendTo));
    return State === 'ENABLED' ? [{ bus, fits: createPattern(EventPattern), targets }] : [];
  });

function targetOf(rule: string, target: TargetProperties, sendTo: SendTo): QueueTarget {
  const unknown = Object.keys(target).find((field) => !TARGET_FIELDS.has(field));
  if (unknown) throw new Error(`The local run does not know ${unknown} of a target of rule ${rule}.`);
  return sendTo(target.Arn, target.SqsParameters?.MessageGroupId);
}

const envelope = (id: string) => ({
  version: '0',
  id,
  account: ACCOUNT,
  time: `${new Date().toISOString().slice(0, 19)}Z`,
  region: REGION,
  resources: [],
});
