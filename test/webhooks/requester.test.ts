import type { LookupAddress } from 'node:dns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answersChallenge } from '../../shared/webhooks/handshake.ts';
import { createRequester, type RequesterOptions } from '../../shared/webhooks/requester.ts';
import { type Receiver, startReceiver } from './receiver.ts';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.stop());

const atHome = createRequester({ loopback: true });
const post = (url = receiver.url, timeoutMs = 2_000) =>
  atHome.send('POST', url, { headers: { 'x-test': 'yes' }, body: '{"a":1}', timeoutMs });

/** A resolver that says what a name resolves to, and counts how often it was asked. */
function resolving(...answers: string[][]) {
  let asked = 0;
  const lookup = (_name: string, _options: unknown, done: (error: null, found: LookupAddress[]) => void) => {
    const found = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    done(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { lookup: lookup as unknown as NonNullable<RequesterOptions['lookup']>, asked: () => asked };
}

describe('a request to a webhook', () => {
  it('brings what it was given, and answers with what came back', async () => {
    receiver.reacts({ status: 202, body: 'thanks' });
    expect(await post()).toEqual({ kind: 'answer', status: 202, body: 'thanks' });
    expect(receiver.received.at(-1)).toMatchObject({ method: 'POST', path: '/', body: '{"a":1}' });
    expect(receiver.received.at(-1)?.headers).toMatchObject({ 'x-test': 'yes', 'content-length': '7' });
  });

  it('follows no redirect', async () => {
    const before = receiver.received.length;
    receiver.reacts({ status: 302, headers: { location: `${receiver.url}/elsewhere` } });
    expect(await post()).toMatchObject({ status: 302 });
    expect(receiver.received).toHaveLength(before + 1);
  });

  it('takes no answer of more than 256 kB', async () => {
    receiver.reacts({ status: 200, body: 'x'.repeat(300_000) });
    expect(await post()).toEqual({ kind: 'answer', status: 200, body: undefined });
  });

  it('ends when its time is over, and when the connection does', async () => {
    receiver.reacts('hang', 'drop');
    expect(await post(receiver.url, 500)).toEqual({ kind: 'failure', code: 'timeout' });
    expect(await post()).toEqual({ kind: 'failure', code: 'unreachable' });
  });

  it('says how long a receiver asks to be left alone', async () => {
    receiver.reacts({ status: 429, headers: { 'retry-after': '7' } });
    expect(await post()).toMatchObject({ status: 429, retryAfterMs: 7_000 });
    receiver.reacts({ status: 503, headers: { 'retry-after': 'soon' } });
    expect(await post()).not.toHaveProperty('retryAfterMs');
  });
});

describe('an address that is not public', () => {
  const options = { headers: {}, body: '', timeoutMs: 2_000 };
  const forbidden = { kind: 'failure', code: 'forbidden_address' };

  it.each(['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', '::ffff:127.0.0.1', 'fd00::1'])(
    'is not reached by a name that resolves to it: %s',
    async (address) => {
      const deployed = createRequester({ loopback: false, lookup: resolving([address]).lookup });
      expect(await deployed.send('POST', 'https://hooks.example.com/', options)).toEqual(forbidden);
    },
  );

  it('is not reached where a name has a public one beside it', async () => {
    const deployed = createRequester({ loopback: false, lookup: resolving(['8.8.8.8', '10.0.0.1']).lookup });
    expect(await deployed.send('POST', 'https://hooks.example.com/', options)).toEqual(forbidden);
  });

  it('is not reached as a literal either, nor by plain HTTP', async () => {
    const deployed = createRequester({ loopback: false });
    expect(await deployed.send('POST', 'https://127.0.0.1:1/', options)).toEqual(forbidden);
    expect(await deployed.send('POST', 'https://[::ffff:7f00:1]/', options)).toEqual(forbidden);
    expect(await deployed.send('POST', receiver.url, options)).toEqual(forbidden);
  });

  it('is not reached at home but on this machine', async () => {
    const { lookup } = resolving(['10.0.0.1']);
    const home = createRequester({ loopback: true, lookup });
    expect(await home.send('POST', 'http://nas.example/', options)).toEqual(forbidden);
  });

  it('cannot take the place of one that was judged: a name is resolved once', async () => {
    const rebinding = resolving(['127.0.0.1'], ['10.0.0.1']);
    const home = createRequester({ loopback: true, lookup: rebinding.lookup });
    const { port } = new URL(receiver.url);
    expect(await home.send('POST', `http://rebinding.example:${port}/`, options)).toMatchObject({ status: 200 });
    expect(rebinding.asked()).toBe(1);
  });
});

describe('a challenge', () => {
  it('is answered by a receiver that repeats it, whatever its content type, with what the URL asks for kept', async () => {
    const url = `${receiver.url}/hook?tenant=7`;
    expect(await answersChallenge(atHome, { url, authorization: 'Basic eA==' })).toBe(true);
    const { path = '', headers } = receiver.received.at(-1) ?? {};
    expect(path).toMatch(/^\/hook\?tenant=7&type=subscribe&challenge=[0-9a-f]{32}$/);
    expect(headers).toMatchObject({ authorization: 'Basic eA==' });
  });

  it.each([[{ status: 200, body: 'something else' }], [{ status: 200 }], [{ status: 403 }], ['drop' as const]])(
    'is not answered by %j',
    async (reaction) => {
      receiver.reacts(reaction);
      expect(await answersChallenge(atHome, { url: receiver.url })).toBe(false);
    },
  );

  it('is another one each time', async () => {
    await answersChallenge(atHome, { url: receiver.url });
    await answersChallenge(atHome, { url: receiver.url });
    const [a, b] = receiver.received.slice(-2).map(({ path }) => path);
    expect(a).not.toBe(b);
  });
});
