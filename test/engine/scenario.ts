import type { Touchpoint } from '../../shared/domain/touchpoint.ts';
import type { ProviderName } from '../../shared/providers/provider.ts';
import { MAX_DELAY_SECONDS } from '../../shared/queue/send.ts';
import { successor } from '../../shared/runtime/ids.ts';
import type { Ask } from './callers.ts';
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
  /** Per request: one of the person's messages is canceled or moved later. */
  readonly withdraw: number;
  /** Per person: their contact is deleted. */
  readonly deletion: number;
  /** Per request: it comes again, under an `Idempotency-Key` or with its messages' `clientId`s. */
  readonly repeat: number;
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
  withdraw: 0,
  deletion: 0,
  repeat: 0,
};

interface Draft {
  readonly text: string;
  readonly role: string;
  readonly type?: string;
  readonly touchpoint?: string;
  readonly delay?: number;
  readonly isBackchannel?: boolean;
  readonly meta?: Record<string, unknown>;
  readonly clientId?: string;
}

const DELAYS = [500, 900, 1_500, 3_000, 61_000, 600_000, 1_500_000, 2_400_000];
const WITHDRAWN_AFTER = [200, 2_000, 50_000, 200_000];
const MOVED_BY = [0, 2_000, 61_000, 700_000];
const DELETION_TRIES = 5;
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
      const repetition = repetitionOf(random, shape, name, drafts);
      const ask = known
        ? append(name, person, known, repetition.drafts)
        : start(world, shape, name, person, repetition.drafts);
      askAll(world, { ...ask, ...(repetition.key !== undefined && { key: repetition.key }) }, repetition.after);
    });
    if (random.chance(shape.withdraw)) playWithdrawal(world, person, `of ${name}`, moment);
    if (shape.atTheWait) moment = first + MAX_DELAY_SECONDS * 1000 - 200 + random.below(1_200);
    else if (shape.together) moment += random.below(120);
    else moment += random.chance(0.3) ? random.below(50) : random.below(random.chance(0.7) ? 4_000 : 90_000);
  }
  if (random.chance(shape.reply))
    writeBack(world, person, first + random.below(shape.together ? 200 : 20_000), 'Thanks!');
  if (random.chance(shape.deletion))
    playDeletion(world, person, first + random.below(random.chance(0.5) ? 10_000 : 120_000));
  if (!random.chance(shape.stop)) return;
  const stopsAt = first + random.below(random.chance(0.5) ? Math.min(10_000, shape.stopWithinMs) : shape.stopWithinMs);
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
  const answered = history.asked.filter(
    ({ kind, status = 500, ...asked }) => kind === 'start' && asked.person === person && status < 300,
  );
  const ids = answered.flatMap(({ answer }) => (answer as { id?: string } | undefined)?.id ?? []);
  return ids.at(-1);
}

function start(world: World, shape: Shape, name: string, person: number, drafts: readonly Draft[]): Ask {
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
  const opening = drafts[0]?.clientId === undefined ? {} : { clientId: `${name} opening` };
  const messages = drafts.some(isOutbound) ? drafts : [{ ...outbound(random, shape, true), ...opening }, ...drafts];
  const body = { organization: world.setting.organization, type: 'contact', contact: { profile }, messages };
  return { name, person, kind: 'start', path: '/v2/conversations', body };
}

function append(name: string, person: number, conversation: string, drafts: readonly Draft[]): Ask {
  const path = `/v2/conversations/${conversation}/messages`;
  return { name, person, kind: 'append', path, body: drafts };
}

interface Repetition {
  readonly drafts: readonly Draft[];
  readonly key?: string;
  /** How long after it the request comes again, in milliseconds. */
  readonly after: readonly number[];
}

function repetitionOf(random: Random, shape: Shape, name: string, drafts: readonly Draft[]): Repetition {
  if (!random.chance(shape.repeat)) return { drafts, after: [] };
  const after = Array.from({ length: 1 + random.below(2) }, () => random.below(random.chance(0.5) ? 200 : 20_000));
  if (random.chance(0.5)) return { drafts, key: name.replaceAll(' ', '-'), after };
  return { drafts: drafts.map((draft, index) => ({ ...draft, clientId: `${name}.${index}` })), after };
}

function askAll(world: World, ask: Ask, after: readonly number[]): void {
  const { scheduler } = world;
  world.request(ask);
  after.forEach((wait, index) => {
    scheduler.at(scheduler.now() + wait, () => world.request({ ...ask, name: `${ask.name} again ${index + 1}` }));
  });
}

function playWithdrawal(world: World, person: number, name: string, moment: number): void {
  const { scheduler } = world;
  const { random } = scheduler;
  scheduler.at(moment + random.pick(WITHDRAWN_AFTER) + random.below(3_000), () => {
    const messages = messagesOf(world, person);
    if (messages.length === 0) return;
    const message = random.pick(messages);
    const asked = { person, path: `/v2/messages/${message}`, subject: message };
    if (random.chance(0.5))
      world.request({ ...asked, name: `cancel ${name}`, kind: 'cancel', method: 'DELETE', body: undefined });
    else
      world.request({
        ...asked,
        name: `move ${name}`,
        kind: 'move',
        method: 'PATCH',
        body: { delay: random.pick(MOVED_BY) },
      });
  });
}

/** Messages that earlier answers named. */
const messagesOf = ({ history }: World, person: number): string[] =>
  history.asked
    .filter(
      ({ kind, status = 500, ...asked }) =>
        asked.person === person && status < 300 && (kind === 'start' || kind === 'append'),
    )
    .flatMap(({ answer }) =>
      Array.isArray(answer) ? answer.map(({ id }: { id: string }) => id) : (answer as { messages: string[] }).messages,
    );

/** The client repeats a deletion until it is told that it is done, a few times. */
function playDeletion(world: World, person: number, moment: number): void {
  const { scheduler } = world;
  const go = (conversation: string, tries: number): void => {
    world.request({
      name: `deletion ${person}.${tries}`,
      person,
      kind: 'delete',
      method: 'DELETE',
      path: `/v2/contacts/${successor(conversation)}`,
      body: undefined,
      subject: conversation,
      ended: ({ status = 500 }) => {
        if (status < 500 || tries === DELETION_TRIES) return;
        scheduler.at(scheduler.now() + 1_000 * tries, () => go(conversation, tries + 1));
      },
    });
  };
  scheduler.at(moment, () => {
    const conversation = conversationOf(world, person);
    if (conversation) go(conversation, 1);
  });
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
