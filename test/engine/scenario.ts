import type { Touchpoint } from '../../shared/domain/touchpoint.ts';
import type { ProviderName } from '../../shared/providers/provider.ts';
import { MAX_DELAY_SECONDS } from '../../shared/queue/send.ts';
import { successor } from '../../shared/runtime/ids.ts';
import type { Ask } from './callers.ts';
import { playCrossing } from './crossing.ts';
import { type Draft, draftsOf, isOutbound, outbound } from './drafts.ts';
import { emailOf, telephoneOf } from './people.ts';
import type { Random } from './random.ts';
import type { Shape } from './shape.ts';
import type { World } from './world.ts';

const MOVED_BY = [0, 2_000, 61_000, 700_000];
const DELETION_TRIES = 5;

/** Schedules what the people of a run do. */
export function play(world: World, shape: Shape): void {
  const { scheduler } = world;
  const people = 1 + scheduler.random.below(shape.maxPeople);
  for (let person = 0; person < people; person++) (shape.crossing ? playCrossing : playPerson)(world, shape, person);
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
    if (random.chance(shape.withdraw)) {
      const wait = random.pick(shape.withdrawnAfterMs) + random.below(3_000);
      playWithdrawal(world, person, `of ${name}`, moment + wait);
    }
    if (shape.atTheWait) moment = first + MAX_DELAY_SECONDS * 1000 - 200 + random.below(1_200);
    else if (shape.together) moment += random.below(120);
    else moment += random.chance(0.3) ? random.below(50) : random.below(random.chance(0.7) ? 4_000 : 90_000);
  }
  if (random.chance(shape.reply))
    writeBack(world, shape, person, { at: first + random.below(shape.together ? 200 : 20_000), text: 'Thanks!' });
  if (random.chance(shape.deletion)) playDeletion(world, person, first + soon(random, shape.deletionWithinMs));
  if (random.chance(shape.stop)) playStop(world, shape, person, first);
}

/** Half of the time at once. */
const soon = (random: Random, withinMs: number): number =>
  random.below(random.chance(0.5) ? Math.min(10_000, withinMs) : withinMs);

function playStop(world: World, shape: Shape, person: number, first: number): void {
  const { random } = world.scheduler;
  const stopsAt = first + soon(random, shape.stopWithinMs);
  if (random.chance(shape.told)) {
    const touchpoint = random.pick(shape.touchpoints);
    const address = touchpoint === 'email' ? emailOf(person) : telephoneOf(person);
    const change = random.pick(['stop', 'complaint'] as const);
    world.scheduler.at(stopsAt, () => world.tell({ person, touchpoint, address, change }));
    return;
  }
  const provider = random.pick(shape.touchpoints.flatMap((touchpoint) => REPLY_PROVIDER[touchpoint] ?? []));
  const from = writeBack(world, shape, person, { at: stopsAt, text: 'STOP', provider });
  if (random.chance(shape.restart))
    writeBack(world, shape, person, { at: stopsAt + random.below(60_000), text: 'START', ...from });
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
  const other = otherOf(random, person);
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

/** Whose addresses are a person's further ones. */
const otherOf = (random: Random, person: number): number => 100 + person * 10 + random.below(2);

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

const REPEATS_UNANSWERED = 3;

/** Asks, and again while it is repeated; a client that repeats does so too until it is answered, a few times. */
function askAll(world: World, ask: Ask, after: readonly number[]): void {
  const { scheduler } = world;
  const insist = (tries: number): void =>
    world.request({
      ...ask,
      ...(tries > 0 && { name: `${ask.name} unanswered ${tries}` }),
      ended: ({ status = 500 }) => {
        if (status < 500 || after.length === 0 || tries === REPEATS_UNANSWERED) return;
        scheduler.at(scheduler.now() + scheduler.random.below(1_000 * 2 ** tries), () => insist(tries + 1));
      },
    });
  insist(0);
  after.forEach((wait, index) => {
    scheduler.at(scheduler.now() + wait, () => world.request({ ...ask, name: `${ask.name} again ${index + 1}` }));
  });
}

function playWithdrawal(world: World, person: number, name: string, moment: number): void {
  const { scheduler } = world;
  const { random } = scheduler;
  scheduler.at(moment, () => {
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

const REPLY_PROVIDERS: readonly ProviderName[] = ['twilio', 'whatsapp'];
const REPLY_PROVIDER: Readonly<Partial<Record<Touchpoint, ProviderName>>> = { sms: 'twilio', whatsapp: 'whatsapp' };

interface From {
  readonly provider: ProviderName;
  readonly telephone: string;
}

/** Answers where it came from: the person's own number, or another one of theirs. */
function writeBack(
  world: World,
  shape: Shape,
  person: number,
  { at, text, ...from }: { at: number; text: string } & Partial<From>,
): From {
  const { random } = world.scheduler;
  const provider = from.provider ?? random.pick(REPLY_PROVIDERS);
  const telephone =
    from.telephone ?? telephoneOf(random.chance(shape.otherIdentifiers) ? otherOf(random, person) : person);
  const id = `${text} of ${person} by ${provider} ${at}`;
  world.scheduler.at(at, () => world.reply({ person, telephone, provider, text, id }));
  return { provider, telephone };
}
