import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunningDoubles, startDoubles } from '../../infra/local/doubles/start.ts';

const MAIN = fileURLToPath(new URL('../../infra/local/doubles/main.ts', import.meta.url));
const ended: Array<() => unknown> = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

function startMain(config: object) {
  const child = spawn(process.execPath, [MAIN, JSON.stringify(config)]);
  ended.push(() => child.kill('SIGKILL'));
  return {
    child,
    errors: text(child.stderr),
    exit: once(child, 'exit'),
    line: once(createInterface(child.stdout), 'line'),
  };
}

describe('the process of the doubles', () => {
  it('serves every provider on its own address, and is gone after stop', async () => {
    const doubles: RunningDoubles = await startDoubles({});
    ended.push(() => doubles.stop());
    const addresses = [doubles.twilio, doubles.whatsapp, doubles.ses, doubles.control];
    expect(new Set(addresses).size).toBe(4);
    const statuses = await Promise.all(addresses.map(async (address) => (await fetch(address)).status));
    expect(statuses).toEqual([404, 400, 400, 404]);
    await doubles.stop();
    await expect(fetch(doubles.control)).rejects.toThrow();
  });

  it('prints one line when ready, which says that requests are not checked', async () => {
    const { child, errors, exit, line } = startMain({ specsDir: '/nowhere' });
    const [printed] = await line;
    expect(JSON.parse(printed)).toEqual({
      ready: true,
      twilio: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      whatsapp: expect.any(String),
      ses: expect.any(String),
      awsSms: expect.any(String),
      awsSocial: expect.any(String),
      sunshine: expect.any(String),
      control: expect.any(String),
      specs: false,
    });
    child.stdin.end();
    expect(await exit).toEqual([0, null]);
    expect(await errors).toBe('');
  });

  it('ends on SIGTERM', async () => {
    const { child, exit, line } = startMain({});
    await line;
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  it('says so when it cannot start', async () => {
    const doubles = await startDoubles({});
    ended.push(() => doubles.stop());
    const taken = Number(new URL(doubles.twilio).port);
    await expect(startDoubles({ ports: { twilio: taken } })).rejects.toThrow('before they were ready');
  });
});
