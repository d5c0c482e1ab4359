import type { Touchpoint } from '../../shared/domain/touchpoint.ts';
import type { ProviderName } from '../../shared/providers/provider.ts';
import { MAX_DELAY_SECONDS } from '../../shared/queue/send.ts';
import { emailOf, TEMPLATE, telephoneOf } from './people.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** What people do in a run. */
export interface Shape {
  readonly maxPeople: number;
  /** Requests per person, at most. */
  readonly maxRequests: number;
  /** Per person: a message of the contact comes in. */
  readonly reply: number;
  /** Per person: the contact writes STOP, and perhaps START later. */
  readonly stop: number;
  /** Per request after the first: finds the person by identifiers, not by the conversation's id. */
  readonly startAgain: number;
  /** Per start: with identifiers that are new, or somebody else's. */
  readonly otherIdentifiers: number;
  /** Everything at once, in the first moments. */
  readonly together: boolean;
  /**
   * The first request ends with a `/leave` a moment later than the longest delay of a queue: its tick comes too early,
   * and the worker waits. What is asked meanwhile is without delay.
   */
  readonly atTheWait: boolean;
  /** When the STOP comes, in milliseconds after the person's first request, at most. */
  readonly stopWithinMs: number;
  readonly touchpoints: readonly Touchpoint[];
  /** Per message: it names its touchpoint. */
  readonly ownTouchpoint: number;
  /** Per message: it has a delay. */
  readonly delay: number;
  /** Per message: a `/leave`. */
  readonly leave: number;
  /** Messages say the same. */
  readonly sameText: number;
}

export const USUAL_SHAPE: Shape = {
  maxPeople: 2,
  maxRequests: 3,
  reply: 0.3,
  stop: 0.1,
  startAgain: 0.4,
  otherIdentifiers: 0.15,
  together: false,
  atTheWait: false,
  stopWithinMs: 120_000,
  touchpoints: ['email', 'sms', 'sms', 'whatsapp'],
  ownTouchpoint: 0.7,
  delay: 0.5,
  leave: 0.15,
  sameText: 0.3,
};

interface Draft {
  readonly text: string;
  readonly role: string;
  readonly type?: string;
  readonly touchpoint?: string;
  readonly delay?: number;
  readonly isBackchannel?: boolean;
  readonly meta?: Record<string, unknown>;
}

const DELAYS = [500, 900, 1_500, 3_000, 61_000, 600_000, 1_500_000, 2_400_000];
const LONG_TEXT = 'All that there is to say. '.repeat(60);

/** Schedules what the people of a run do. */
export function play(world: World, shape: Shape): void {
  const { scheduler } = world;
  const people = 1 + scheduler.random.below(shape.maxPeople);
  for (let person = 0; person < people; person++) playPerson(world, shape, person);
}

function playPerson(world: World, shape: Shape, person: number): void {
  const { scheduler } = world;
  const { random } = scheduler;
  const first = scheduler.now() + random.below(shape.together ? 200 : 5_000);
  const requests = 1 + random.below(shape.maxRequests);
  let moment = first;
  for (let index = 0; index < requests; index++) {
    const isFirst = index === 0;
    const drafts = draftsOf(random, shape, isFirst);
    const name = `request ${person}.${index}`;
    scheduler.at(moment, () => {
      const known = isFirst || random.chance(shape.startAgain) ? undefined : conversationOf(world, person);
      if (known) append(world, name, person, known, drafts);
      else start(world, shape, name, person, drafts);
    });
    if (shape.atTheWait) moment = first + MAX_DELAY_SECONDS * 1000 - 200 + random.below(1_200);
    else if (shape.together) moment += random.below(120);
    else moment += random.chance(0.3) ? random.below(50) : random.below(random.chance(0.7) ? 4_000 : 90_000);
  }
  if (random.chance(shape.reply))
    writeBack(world, person, first + random.below(shape.together ? 200 : 20_000), 'Thanks!');
  if (!random.chance(shape.stop)) return;
  const stopsAt = first + random.below(random.chance(0.5) ? 10_000 : shape.stopWithinMs);
  const provider = writeBack(
    world,
    person,
    stopsAt,
    'STOP',
    shape.touchpoints.includes('whatsapp') ? undefined : 'twilio',
  );
  if (random.chance(0.3)) writeBack(world, person, stopsAt + random.below(60_000), 'START', provider);
}

/** A conversation that an earlier answer named. */
function conversationOf({ history }: World, person: number): string | undefined {
  const answered = history.asked.filter((asked) => asked.person === person && (asked.status ?? 500) < 300);
  const ids = answered.flatMap(({ answer }) => (answer as { id?: string } | undefined)?.id ?? []);
  return ids.at(-1);
}

function start(world: World, shape: Shape, name: string, person: number, drafts: Draft[]): void {
  const { random } = world.scheduler;
  const other = 100 + person * 10 + random.below(2);
  const email = random.chance(shape.otherIdentifiers) ? emailOf(other) : emailOf(person);
  const telephone = random.chance(shape.otherIdentifiers) ? telephoneOf(other) : telephoneOf(person);
  const withEmail = drafts.some(({ touchpoint }) => touchpoint === 'email') || random.chance(0.7);
  const withTelephone = drafts.some(({ touchpoint }) => touchpoint !== 'email') || random.chance(0.7) || !withEmail;
  const profile = {
    name: `Person ${name}`,
    ...(withEmail && { email }),
    ...(withTelephone && { telephone }),
  };
  const messages = drafts.some(isOutbound) ? drafts : [outbound(random, shape, true), ...drafts];
  const body = { organization: world.setting.organization, type: 'contact', contact: { profile }, messages };
  world.request({ name, person, kind: 'start', path: '/v2/conversations', body });
}

function append(world: World, name: string, person: number, conversation: string, drafts: Draft[]): void {
  const path = `/v2/conversations/${conversation}/messages`;
  world.request({ name, person, kind: 'append', path, body: drafts });
}

const isOutbound = ({ role, type, isBackchannel }: Draft): boolean =>
  role === 'agent' && type !== 'command' && isBackchannel !== true;

function draftsOf(random: Random, shape: Shape, isFirst: boolean): Draft[] {
  if (shape.atTheWait && isFirst) {
    return [outbound(random, shape, true), { ...LEAVE, delay: MAX_DELAY_SECONDS * 1000 + 200 + random.below(800) }];
  }
  const count = random.chance(0.5) ? 1 : 1 + random.below(3);
  const drafts: Draft[] = [];
  for (let index = 0; index < count; index++) {
    const needsTouchpoint = isFirst && !drafts.some(isOutbound);
    drafts.push(
      shape.atTheWait
        ? outbound(random, shape, needsTouchpoint)
        : delayed(random, shape, anyDraft(random, shape, needsTouchpoint)),
    );
  }
  return drafts;
}

const LEAVE: Draft = { text: '/leave', role: 'agent', type: 'command' };

const delayed = (random: Random, shape: Shape, draft: Draft): Draft =>
  !random.chance(shape.delay) ? draft : { ...draft, delay: random.pick(DELAYS) + random.below(3) * 100 };

function anyDraft(random: Random, shape: Shape, needsTouchpoint: boolean): Draft {
  if (random.chance(shape.leave)) return LEAVE;
  const kind = random.next();
  if (kind < 0.06) return { text: 'For the colleagues.', role: 'agent', isBackchannel: true };
  if (kind < 0.12) return { text: 'For the agents.', role: 'bot' };
  if (kind < 0.18) return { text: 'I say this myself.', role: 'contact' };
  return outbound(random, shape, needsTouchpoint);
}

function outbound(random: Random, shape: Shape, needsTouchpoint: boolean): Draft {
  const text = random.chance(shape.sameText)
    ? 'Hello.'
    : `Text ${random.below(1_000_000)}${random.chance(0.05) ? LONG_TEXT : ''}`;
  const touchpoint = needsTouchpoint || random.chance(shape.ownTouchpoint) ? random.pick(shape.touchpoints) : undefined;
  return {
    text,
    role: 'agent',
    ...(touchpoint && { touchpoint }),
    ...(touchpoint !== 'email' && touchpoint !== 'sms' && { meta: { template: TEMPLATE } }),
  };
}

const REPLY_PROVIDERS: readonly ProviderName[] = ['twilio', 'whatsapp'];

function writeBack(
  world: World,
  person: number,
  moment: number,
  text: string,
  provider = world.scheduler.random.pick(REPLY_PROVIDERS),
): ProviderName {
  const id = `${text} of ${person} by ${provider} ${moment}`;
  world.scheduler.at(moment, () => world.reply({ person, telephone: telephoneOf(person), provider, text, id }));
  return provider;
}
