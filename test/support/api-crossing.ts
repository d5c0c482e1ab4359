import { isDeepStrictEqual } from 'node:util';
import { getConversation } from '../../shared/store/conversations.ts';
import { findOwners, identityOf } from '../../shared/store/identities.ts';
import { listNewest } from '../../shared/store/message-lists.ts';
import { createInterleaving } from './api-interleave.ts';
import { createRandom, pick } from './api-random.ts';
import { emailMessage, newEmail, newTelephone, smsMessage, startWith } from './api-requests.ts';
import { ORGANIZATION } from './api-seed.ts';
import { describeContact, type Outcome, permutations, runSerially, type SerialRequest } from './api-serial.ts';
import { type Answer, type Api, PEPPER, type World } from './api-world.ts';

/** What came of one interleaving of three starts whose identifiers cross. */
export interface Crossing {
  readonly outcome: Outcome;
  /** Nothing when some order of the three, one after the other, ends the same. */
  readonly problems: readonly string[];
}

/**
 * Starts for an email, for a telephone, and for both, at once, in three environments: the seed decides whose call to
 * the table goes next, and by which touchpoint the third one writes.
 */
export function createCrossings(world: World): (seed: number) => Promise<Crossing> {
  const apis = [0, 1, 2].map(() => world.createApi());
  return (seed) => cross(world, apis, seed);
}

async function cross(world: World, apis: readonly Api[], seed: number): Promise<Crossing> {
  const random = createRandom(seed);
  const email = newEmail();
  const telephone = newTelephone();
  const both = pick(['email', 'sms'] as const, random);
  const requests: SerialRequest[] = [
    { name: 'A', email, touchpoint: 'email' },
    { name: 'B', telephone, touchpoint: 'sms' },
    { name: 'C', email, telephone, touchpoint: both },
  ];
  const answers = await interleaved(apis, requests, random);
  const contacts = await contactsOf(world, { email, telephone }, answers);
  const outcome: Outcome = {
    answers: Object.fromEntries(requests.map(({ name }, index) => [name, describe(answers[index])])),
    contacts: contacts.map(({ texts, found, primary }) => describeContact(texts, found, primary)).sort(),
  };
  const answered = answers.flatMap(({ body }) => body.messages).sort();
  const facts: readonly (readonly [string, boolean])[] = [
    ['an answer is 5xx', answers.every(({ status }) => status < 500)],
    ['a message is lost or doubled', isDeepStrictEqual(contacts.flatMap(({ texts }) => texts).sort(), ['A', 'B', 'C'])],
    ['a message is not the one answered', isDeepStrictEqual(contacts.flatMap(({ ids }) => ids).sort(), answered)],
    [
      `no serial order ends in ${JSON.stringify(outcome)}`,
      permutations(requests).some((order) => isDeepStrictEqual(runSerially(order), outcome)),
    ],
  ];
  return { outcome, problems: facts.flatMap(([problem, isWell]) => (isWell ? [] : [`seed ${seed}: ${problem}`])) };
}

const describe = (answer: Answer | undefined): string =>
  `${answer?.status}${answer?.headers['x-identifier-conflict'] ? ' conflict' : ''}`;

function interleaved(apis: readonly Api[], requests: readonly SerialRequest[], random: () => number) {
  const interleaving = createInterleaving(random);
  const tasks = apis.flatMap((api, index) => {
    const request = requests[index];
    if (!request) return [];
    const { name, email, telephone, touchpoint } = request;
    interleaving.join(api.documents);
    const message = touchpoint === 'email' ? emailMessage(name) : smsMessage(name);
    return [() => api.post('/v2/conversations', startWith({ email, telephone }, { messages: [message] }))];
  });
  return interleaving.run(tasks);
}

async function contactsOf(
  { table }: World,
  { email, telephone }: { email: string; telephone: string },
  answers: readonly Answer[],
) {
  const owners = await findOwners(table, [
    identityOf(PEPPER, ORGANIZATION.shop, 'email', email),
    identityOf(PEPPER, ORGANIZATION.shop, 'telephone', telephone),
  ]);
  const conversations = [...new Set(answers.flatMap(({ body }) => (body.id ? [String(body.id)] : [])))];
  return Promise.all(
    conversations.map(async (id) => {
      const conversation = await getConversation(table, id, { consistent: true });
      const { email: primaryEmail, telephone: primaryTelephone } = conversation?.profile ?? {};
      const messages = await listNewest(table, id, 100);
      return {
        ids: messages.map((message) => message.id),
        texts: messages.map(({ text = '' }) => text),
        found: [...owners].filter(([, owner]) => owner === id).map(([kind]) => kind),
        primary: [...(primaryEmail ? ['email'] : []), ...(primaryTelephone ? ['telephone'] : [])],
      };
    }),
  );
}
