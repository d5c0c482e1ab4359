import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin } from '../../infra/ops/admin.ts';
import { createAdministration } from '../../infra/ops/administration.ts';
import { type Installation, secretOf } from '../../infra/ops/installation.ts';
import { newEmail } from '../support/api-requests.ts';
import { type Api, PEPPER, startWorld, TOKEN_KEY, type World } from '../support/api-world.ts';
import { newId } from '../support/builders.ts';

let world: World;
let api: Api;
beforeAll(async () => {
  world = await startWorld();
  api = world.createApi();
});
afterAll(() => world?.stop());

/** The installation that the world is, as far as administering goes. */
const installation = () => ({
  stage: 'local',
  table: async () => world.table,
  secretId: async (name: string) => name,
  secrets: {
    send: async ({ input }: { input: { SecretId: string } }) => ({
      SecretString: { TokenKey: TOKEN_KEY, Pepper: PEPPER }[input.SecretId],
    }),
  },
});
const run = (args: readonly string[], password = '') =>
  admin(() => createAdministration(installation() as unknown as Installation), {
    args,
    readPassword: async () => password,
  });
const make = async (...args: string[]): Promise<string> => (await run(args)).prints;
const json = (value: object): string[] => ['--json', JSON.stringify(value)];

describe('the command of operators', () => {
  it('makes all that somebody needs to go on by the API, each with what the one before printed', async () => {
    const root = await make('organization', '--name', 'My company', '--country', 'NL', ...json({ meta: { crm: 17 } }));
    const below = await make('organization', '--name', 'Garage', '--parent', root);
    const email = newEmail();
    const login = ['user', '--organization', root, '--role', 'admin', '--email', email, '--password-stdin'];
    const { prints: person } = await run(login, 'correct horse\n');
    const bot = await make('user', '--organization', root, '--role', 'bot', '--name', 'CRM');
    const token = await make('token', '--user', bot, '--name', 'CRM');
    const params = { params: { from: 'hello@example.com' } };
    const service = await make('service', '--organization', below, '--type', 'ses', ...json(params));

    const session = (await api.post('/v2/auth/token', { email, password: 'correct horse' })).body;
    expect(session).toMatchObject({ user: person, organization: root, scope: 'admin' });
    expect((await api.get('/v2/organizations', token)).body).toEqual([
      expect.objectContaining({ id: root, name: 'My company', country: 'NL', meta: { crm: 17 }, path: root, level: 1 }),
      expect.objectContaining({ id: below, parent: root, level: 2 }),
    ]);
    expect((await api.get(`/v2/services/${service}`, session.token)).body).toMatchObject({ type: 'ses', ...params });
    const message = { text: 'Hey there!', touchpoint: 'email', role: 'agent' };
    const start = {
      organization: below,
      type: 'contact',
      contact: { profile: { email: newEmail() } },
      messages: [message],
    };
    expect((await api.post('/v2/conversations', start, { authorization: `Bearer ${token}` })).status).toBe(201);
  });

  it('says the secret of a webhook beside its id, and of a token that it is not shown again', async () => {
    const root = await make('organization', '--name', 'Root');
    const params = { params: { url: 'https://bot.example.com/hook', secret: 'chosen-by-me' } };
    const webhook = await run(['service', '--organization', root, '--type', 'webhook', ...json(params)]);
    expect(webhook.prints).toMatch(/^[0-9a-f]{24}$/);
    expect(webhook.says).toBe(
      `The service ${webhook.prints} is unverified. Its secret, which is not shown again, is chosen-by-me`,
    );
  });

  it.each<[string, readonly string[], RegExp]>([
    ['nothing', [], /^Say what to make: .*organization \| user/],
    ['what there is not', ['constructor'], /^Say what to make/],
    ['an unknown flag', ['organization', '--nmae', 'x'], /nmae/],
    ['no name', ['organization'], /name/],
    ['a country that is none', ['organization', '--name', 'x', '--country', 'XX'], /country: must be two letters/],
    ['nobody', ['token', '--name', 'x'], /^Say which: --user <id>$/],
    ['an unknown parent', ['organization', '--name', 'x', '--parent', newId()], /^Organization not found$/],
    ['an unknown user', ['token', '--name', 'x', '--user', newId()], /^User not found$/],
    ['an unknown organization', ['user', '--name', 'x', '--organization', newId()], /^Organization not found$/],
    ['JSON that is none', ['organization', '--name', 'x', '--json', '{'], /^--json must be a JSON object\.$/],
    ['a list', ['organization', '--name', 'x', '--json', '[]'], /^--json must be a JSON object\.$/],
    ['several faults', ['organization', ...json({ tags: 1, url: 'x' })], /^name .*\nurl must be a web address\ntags /],
  ])('refuses %s in words, and makes nothing', async (_what, args, words) => {
    const before = await world.items();
    await expect(run(args)).rejects.toThrow(words);
    expect(await world.items()).toEqual(before);
  });
});

describe('the secrets of a stage', () => {
  const tagged = (stack: string) => [{ Key: 'aws:cloudformation:stack-name', Value: stack }];
  const account = {
    send: async () => ({
      SecretList: [
        { ARN: 'of-staging', Tags: tagged('Overture-staging-Data') },
        { ARN: 'of-somebody' },
        { ARN: 'of-prod', Tags: tagged('Overture-prod-Data') },
      ],
    }),
  };

  it('are those that its data stack made', async () => {
    expect(await secretOf(account as never, 'prod', 'Pepper')).toBe('of-prod');
    await expect(secretOf(account as never, 'dev', 'Pepper')).rejects.toThrow('There is no secret Pepper of stage dev');
  });
});
