import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiUrlIn, smoke } from '../../infra/ops/smoke.ts';
import { type Client, startClient } from '../support/overture.ts';

let client: Client;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client?.stop());

describe('the smoke test', () => {
  it('passes where everything answers', async () => {
    expect(await smoke(client.overture.url)).toHaveLength(4);
  });

  it('names what does not work', async () => {
    const broken = createServer((_, response) => response.writeHead(500).end('{"error":{"code":"internal_error"}}'));
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`;
    await expect(smoke(url)).rejects.toThrow(/^the front door and api: .* answered 500 internal_error, not 401/);
    await new Promise((resolve) => broken.close(resolve));
    await expect(smoke(url)).rejects.toThrow(`Nothing answers at ${url}`);
  });

  it('finds the address in the outputs of a deployment', () => {
    const folder = mkdtempSync(join(tmpdir(), 'overture-smoke-'));
    const file = join(folder, 'outputs.json');
    writeFileSync(file, JSON.stringify({ Data: { A: 'b' }, Service: { ApiUrl: 'https://a.example', TableName: 't' } }));
    expect(apiUrlIn(file)).toBe('https://a.example');
    writeFileSync(file, JSON.stringify({ Data: {} }));
    expect(() => apiUrlIn(file)).toThrow('There is no ApiUrl');
    rmSync(folder, { recursive: true });
  });
});
