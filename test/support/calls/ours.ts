import { OrganizationSchema, ServiceSchema } from '../../../shared/contracts/configuration.ts';
import type { TemplateManager } from '../../../shared/providers/whatsapp/templates.ts';
import { putOrganization, putService } from '../../../shared/store/configuration.ts';
import { emailMessage, startRequest } from '../api-requests.ts';
import { pathOf, USER } from '../api-seed.ts';
import type { Answer, Api, World } from '../api-world.ts';
import { newId } from '../builders.ts';
import type { Described } from '../openapi.ts';
import type { CallRequest, Ours } from './call.ts';
import { templateDraft } from './watemplates.ts';

/** Meta, which takes whatever it is given and keeps nothing. */
const META: TemplateManager = {
  list: async () => ({ done: true, value: { templates: [], unread: [] } }),
  create: async () => ({ done: true, value: { id: newId(), status: 'PENDING' } }),
  change: async () => ({ done: true, value: undefined }),
  remove: async () => ({ done: true, value: undefined }),
};

export interface Setting {
  readonly api: Api;
  /** All of it new at each asking. */
  readonly ours: Ours;
  send(described: Described, request: CallRequest, token?: string): Promise<Answer>;
}

/** An api whose calls all succeed, and what they need, which an admin of the root makes. */
export async function createSetting(world: World): Promise<Setting> {
  const api = world.createApi({
    parts: { templates: META, secrets: { fields: async () => ({ accessToken: 'meta' }) } },
  });
  const admin = await world.token(USER.admin, 'admin');
  const post = async (path: string, body: unknown) => {
    const answer = await api.post(path, body, { authorization: `Bearer ${admin}` });
    if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const garage = async () => {
    const id = newId();
    await putOrganization(world.table, OrganizationSchema.parse({ id, name: 'Our garage', path: pathOf(id) }));
    const params = { businessAccountId: 'waba', secret: 'meta' };
    await putService(world.table, ServiceSchema.parse({ id: newId(), organization: id, type: 'whatsapp', params }));
    return id;
  };
  return {
    api,
    ours: {
      garage,
      template: async () => post('/v2/watemplates', templateDraft(await garage())),
      conversation: () =>
        post('/v2/conversations', startRequest({ messages: [{ ...emailMessage('Our secret.'), delay: 3_600_000 }] })),
    },
    send: ({ method, path }, { params = {}, query = {}, headers = {}, body }, token = admin) =>
      api.send({
        method,
        path: `${path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))}?${new URLSearchParams(query)}`,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
  };
}
