import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { personalDataIn } from '../support/log-scan.ts';
import { freePort, type StartProcess, spawnStart } from '../support/start-process.ts';

const started: StartProcess[] = [];
const start = (env: Record<string, string>): StartProcess => {
  const process = spawnStart(env);
  started.push(process);
  return process;
};
afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  }
});

const isListening = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/v2/conversations`).then(
    () => true,
    () => false,
  );

describe('npm start', { timeout: 90_000 }, () => {
  it('prints the API, a token, the inbox and a curl whose answer leads to a page, and SIGTERM ends everything', async () => {
    const port = await freePort();
    const dataDir = mkdtempSync(join(tmpdir(), 'overture-start-'));
    const run = start({ PORT: String(port), OVERTURE_DATA: dataDir });
    await run.ready();
    const said = run.said();
    expect(said).toContain(`http://127.0.0.1:${port}/v2`);
    const token = /Token\s+(\S+)/.exec(said)?.[1] ?? '';
    const inbox = /Mail\s+(\S+)/.exec(said)?.[1] ?? '';
    expect((await fetch(inbox)).status).toBe(200);
    const reference = /Reference\s+(\S+)/.exec(said)?.[1] ?? '';
    expect((await fetch(reference)).headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await (await fetch(new URL('openapi.json', reference))).json()).toMatchObject({
      openapi: '3.1.0',
      servers: [{ url: `http://127.0.0.1:${port}` }],
    });
    const curled = /-d '(.+)'/.exec(said)?.[1] ?? '';
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`http://127.0.0.1:${port}/v2/conversations`, { method: 'POST', headers, body: curled });
    expect(answer.status).toBe(201);
    const { url } = (await answer.json()) as { url: string };
    expect(await (await fetch(url)).text()).toContain('Hey there!');
    const printed = await fetch(`http://127.0.0.1:${port}/_local/token?user=aaa000000000000000000111`);
    expect((await printed.text()).split('.')).toHaveLength(3);

    run.child.kill('SIGTERM');
    expect((await run.ended).code).toBe(0);
    expect(await isListening(port)).toBe(false);
    await expect(fetch(inbox)).rejects.toThrow();
    expect(personalDataIn(join(dataDir, 'logs'), ['Hey there!'])).toEqual([]);
    rmSync(dataDir, { recursive: true });
  });

  it('says in one sentence that its port is taken, and ends', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { code, said } = await start({ PORT: String(port) }).ended;
    expect(code).toBe(1);
    expect(said.trim()).toBe(`Port ${port} is taken: set PORT to another one.`);
    server.close();
  });

  it.for(['0', '901', 'ten'])('says in one sentence that no tick hops for %s seconds, and ends', async (seconds) => {
    const { code, said } = await start({ PORT: '0', OVERTURE_HOP_SECONDS: seconds }).ended;
    expect(code).toBe(1);
    expect(said.trim()).toBe(`OVERTURE_HOP_SECONDS must be a number from 1 to 900, not "${seconds}".`);
  });

  it('says in one sentence what is wrong with a seed, and ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'overture-seed-'));
    const file = join(folder, 'seed.json');
    writeFileSync(file, JSON.stringify({ users: [{ id: 'u1', organizations: [] }] }));
    const { code, said } = await start({ PORT: '0', OVERTURE_SEED: file }).ended;
    expect(code).toBe(1);
    expect(said.trim().split('\n')).toHaveLength(1);
    expect(said).toContain('users.0.organizations');
    rmSync(folder, { recursive: true });
  });
});
