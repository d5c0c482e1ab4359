import { isDeepStrictEqual } from 'node:util';
import type { Facts } from './facts.ts';
import type { Asked } from './history.ts';

const isAccepted = ({ status = 500 }: Asked): boolean => status < 300;

/** Requests under one key answer the same and have one effect; a `clientId` names one message in its conversation. */
export function repeatsCountOnce(facts: Facts): string[] {
  const { asked, stored } = facts.history;
  const violations: string[] = [];
  for (const [key, same] of Map.groupBy(asked, (one) => one.key)) {
    if (key === undefined) continue;
    const accepted = same.filter(isAccepted);
    const first = accepted[0];
    const names = same.map(({ name }) => name).join(', ');
    if (accepted.some((one) => !isDeepStrictEqual(essenceOf(one), first && essenceOf(first))))
      violations.push(`repeated: ${names} answer differently`);
    const effects = same.filter(({ process }) => stored.some((message) => message.process === process));
    if (effects.length > 1 || (first && effects.length === 0))
      violations.push(`repeated: ${effects.length} of ${names} stored messages`);
  }
  const named = stored.filter(({ message }) => message.clientId !== undefined);
  for (const [name, same] of Map.groupBy(named, (one) => `${one.message.clientId} in ${one.conversation}`)) {
    const ids = new Set(same.map(({ message }) => message.id));
    if (ids.size > 1) violations.push(`repeated: ${ids.size} messages of ${name}`);
  }
  return violations;
}

const essenceOf = ({ status, answer, body }: Asked): unknown =>
  Array.isArray(answer)
    ? { status, body, messages: answer.map(({ id }) => id) }
    : { status, body, id: (answer as { id: string }).id, messages: (answer as { messages: string[] }).messages };
