import { Secret, TOTP } from 'otpauth';
import { OrganizationSchema, ServiceSchema, UserSchema } from '../../../shared/contracts/configuration.ts';
import type { TemplateManager } from '../../../shared/providers/whatsapp/templates.ts';
import { putOrganization, putService } from '../../../shared/store/configuration.ts';
import { keepGivenUp } from '../../../shared/store/given-up.ts';
import { putUser } from '../../../shared/store/users.ts';
import type { Requester } from '../../../shared/webhooks/requester.ts';
import { PATH as BULK_PATH, bulkOn } from '../../bulk/support.ts';
import { emailMessage, startRequest } from '../api-requests.ts';
import { pathOf, USER } from '../api-seed.ts';
import type { Answer, Api, World } from '../api-world.ts';
import { newId } from '../builders.ts';
import type { Described } from '../openapi.ts';
import type { CallRequest, Ours } from './call.ts';
import { webhookOf } from './services.ts';
import { templateDraft } from './watemplates.ts';

/** Meta, which takes whatever it is given and keeps nothing. */
const META: TemplateManager = {
  list: async () => ({ done: true, value: { templates: [], unread: [] } }),
  create: async () => ({ done: true, value: { id: newId(), status: 'PENDING' } }),
  change: async () => ({ done: true, value: undefined }),
  remove: async () => ({ done: true, value: undefined }),
};

/** Every webhook, which is there and answers its challenge. */
const WEBHOOK: Requester = {
  send: async (_, url) => ({ kind: 'answer', status: 200, body: new URL(url).searchParams.get('challenge') ?? '' }),
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
    parts: {
      templates: META,
      secrets: { fields: async () => ({ accessToken: 'meta' }) },
      webhooks: { requester: WEBHOOK, notifications: { send: async () => {} }, loopback: false },
    },
  });
  const bulk = bulkOn(api, world.botToken);
  const admin = await world.token(USER.admin, 'admin');
  const call = async (method: string, path: string, body: unknown, token = admin) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await api.send({ method, path, headers, body: JSON.stringify(body) });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const post = (path: string, body: unknown) => call('POST', path, body);
  const garage = async () => {
    const id = newId();
    await putOrganization(world.table, OrganizationSchema.parse({ id, name: 'Our garage', path: pathOf(id) }));
    const params = { businessAccountId: 'waba', secret: 'meta' };
    await putService(world.table, ServiceSchema.parse({ id: newId(), organization: id, type: 'whatsapp', params }));
    return id;
  };
  const user = async () => {
    const id = newId();
    const organization = await garage();
    const organizations = [{ organization, orgPath: pathOf(organization), role: 'bot' }];
    await putUser(world.table, UserSchema.parse({ id, organizations }));
    const kept = await post(`/v2/users/${id}/tokens`, { name: 'Ours' });
    return { id, token: kept.token, keptToken: kept.id };
  };
  const service = async () => {
    const { id, organization } = await post('/v2/services', webhookOf(await garage()));
    const missed = {
      delivery: newId(),
      event: 'message.update',
      at: 1,
      since: 1,
      attempt: 9,
      ids: { message: newId() },
    };
    await keepGivenUp(world.table, { ...missed, service: id, owner: organization, organization }, '503', 2);
    return call('PATCH', `/v2/services/${id}`, { status: 'active' });
  };
  return {
    api,
    ours: {
      garage,
      service,
      user,
      beginner: async () => {
        const { id, token } = await user();
        const { secret } = await call('POST', `/v2/users/${id}/otp`, {}, token);
        const totp = new TOTP({ secret: Secret.fromBase32(secret) });
        return { id, token, code: totp.generate({ timestamp: api.parts.clock.now() }) };
      },
      channel: async () =>
        post('/v2/channels', { organization: await garage(), name: 'Our desk', subscribers: [USER.admin] }),
      template: async () => post('/v2/watemplates', templateDraft(await garage())),
      conversation: async () => {
        const request = startRequest({ messages: [{ ...emailMessage('Our secret.'), delay: 3_600_000 }] });
        return { ...(await post('/v2/conversations', request)), email: request.contact.profile.email };
      },
    },
    send: ({ method, path }, { params = {}, query = {}, headers = {}, body, token: own }, token = own ?? admin) =>
      (path === BULK_PATH ? bulk : api).send({
        method,
        path: `${path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))}?${new URLSearchParams(query)}`,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
  };
}
