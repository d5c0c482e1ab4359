import type { Item } from '../../shared/store/table.ts';
import type { Answer, Api, World } from './api-world.ts';

/** A request of many that come at once. */
export interface CrowdRequest {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends starts of a conversation at once, in turn through these environments. */
export const sendAtOnce = (apis: readonly Api[], requests: readonly CrowdRequest[]): Promise<Answer[]> =>
  Promise.all(
    requests.map(({ body, headers }, index) =>
      (apis[index % apis.length] as Api).post('/v2/conversations', body, headers),
    ),
  );

interface StoredMessage {
  readonly id: unknown;
  readonly due: number;
  readonly seq: number;
}

/** What starts for one person left behind. */
export interface PersonLeft {
  readonly conversation: string;
  /** By their numbers. */
  readonly messages: readonly StoredMessage[];
  readonly lastAt: unknown;
  /** What is not as it would be had the starts come one after the other; nothing when all is well. */
  readonly problems: readonly string[];
}

const messageIn = ({ sk, id }: Item): StoredMessage => ({
  id,
  due: Number(String(sk).slice(2, 15)),
  seq: Number(String(sk).slice(16)),
});

/** Looks at what starts for one new person left behind: one contact, one conversation, every message once. */
export async function lookAtPerson(world: World, answers: readonly Answer[], identities: number): Promise<PersonLeft> {
  const answered = answers.flatMap(({ body }) => (body.messages ?? []) as unknown[]);
  const conversation = String(answers.find(({ status }) => status === 201)?.body.id);
  const items = await world.items();
  const own = items.filter(({ pk }) => pk === `C#${conversation}`);
  const messages = own
    .filter(({ sk }) => String(sk).startsWith('M#'))
    .map(messageIn)
    .sort((a, b) => a.seq - b.seq);
  const stored = new Set(messages.map(({ id }) => id));
  const statuses = Map.groupBy(answers, ({ status }) => status);
  const taken = items.filter((item) => item.conversation === conversation && String(item.pk).startsWith('I#'));
  const facts: readonly (readonly [string, number, number])[] = [
    ['answers 201', statuses.get(201)?.length ?? 0, 1],
    ['answers 200', statuses.get(200)?.length ?? 0, answers.length - 1],
    ['conversations', new Set(answers.map(({ body }) => body.id)).size, 1],
    ['contacts', new Set(answers.map(({ body }) => body.contact)).size, 1],
    ['heads of the conversation', own.filter(({ sk }) => sk === '@').length, 1],
    ['identities', taken.length, identities],
    ['messages stored', messages.length, answers.length],
    ['messages of one id', messages.length - stored.size, 0],
    ['messages answered and not stored', answered.filter((id) => !stored.has(id)).length, 0],
    ['messages accepted before their predecessor', backwards(messages), 0],
  ];
  return {
    conversation,
    messages,
    lastAt: own.find(({ sk }) => sk === '@')?.lastAt,
    problems: facts.flatMap(([fact, found, wanted]) => (found === wanted ? [] : [`${fact}: ${found}, not ${wanted}`])),
  };
}

const backwards = (messages: readonly StoredMessage[]): number =>
  messages.filter(({ due }, index) => due < (messages[index - 1]?.due ?? 0)).length;
