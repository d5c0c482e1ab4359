import { createBulk } from '../../functions/bulk/serve.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import { errorResponse } from '../../shared/http/errors.ts';
import type { HttpRequest } from '../../shared/http/handler.ts';
import type { Answer, Api } from '../support/api-world.ts';

export const PATH = '/v2/conversations/bulk';

/** An environment of `bulk` on the world of an api. */
export function bulkOn(api: Api, token: string, budgetMs = 600_000) {
  const serve = createBulk({ ...api.parts, budgetMs });
  const send = async (request: Partial<HttpRequest>): Promise<Answer> => {
    const whole: HttpRequest = {
      method: 'POST',
      path: PATH,
      rawQuery: '',
      query: {},
      headers: {},
      body: Buffer.alloc(0),
      requestId: 'request-of-a-test',
      ...request,
    };
    const answer = await serve(whole).catch((error: unknown) => {
      if (error instanceof RequestError) return errorResponse(error);
      throw error;
    });
    return { status: answer.statusCode ?? 0, headers: answer.headers ?? {}, body: JSON.parse(answer.body ?? '{}') };
  };
  const post = (items: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    send({
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      body: Buffer.from(JSON.stringify(items)),
    });
  return { send, post };
}
