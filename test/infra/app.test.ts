import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const out = mkdtempSync(join(tmpdir(), 'overture-synth-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Runs a command of the house with no credentials, and with whatever else `env` says. */
function run(args: string[], env: Record<string, string> = {}): Promise<{ code: number | null; output: string }> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [join(ROOT, 'infra/local/with-node.mjs'), ...args], {
    cwd: ROOT,
    env: { PATH, HOME, CDK_DISABLE_CLI_TELEMETRY: 'true', ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

describe('the app', () => {
  it('is clean of findings by cdk-nag and by the CloudFormation rules, and of warnings', {
    timeout: 120_000,
  }, async () => {
    const { code, output } = await run([
      'cdk',
      'synth',
      '--strict',
      '--quiet',
      '-c',
      'stage=prod',
      '-o',
      join(out, 'prod'),
    ]);
    expect(output).not.toMatch(/warning|error|AwsSolutions|deprecated|not configured|Unknown/i);
    expect(output).toContain('Successfully synthesized');
    expect(code, output).toBe(0);
  });

  it('synthesizes without the CLI, for the local run', { timeout: 60_000 }, async () => {
    const { code, output } = await run(['infra/app.ts'], { OVERTURE_STAGE: 'local', CDK_OUTDIR: join(out, 'local') });
    expect({ code, output }).toEqual({ code: 0, output: '' });
    expect(readdirSync(join(out, 'local'))).toEqual(
      expect.arrayContaining(['Overture-local-Data.template.json', 'Overture-local-Service.template.json']),
    );
  });

  it('refuses a stage it does not know, in one sentence', async () => {
    const { code, output } = await run(['infra/app.ts'], { OVERTURE_STAGE: 'production' });
    expect(code).toBe(1);
    expect(output).toBe('Unknown stage "production": choose one of dev, staging, prod, local.\n');
  });
});
