import { createBulk } from '../../functions/bulk/serve.ts';
import { type Answer, type Api, clientOf } from '../support/api-world.ts';

export const PATH = '/v2/conversations/bulk';

/** An environment of `bulk` on the world of an api. */
export function bulkOn(api: Api, token: string, budgetMs = 600_000) {
  const send = clientOf(createBulk({ ...api.parts, budgetMs }), api.observer);
  const post = (items: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    send({
      method: 'POST',
      path: PATH,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(items),
    });
  return { send, post };
}
