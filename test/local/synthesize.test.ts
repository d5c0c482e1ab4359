import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readAssembly } from '../../infra/local/stack/assembly.ts';
import { refuseUnknownResources } from '../../infra/local/stack/resource-types.ts';
import { synthesizeLocal } from '../../infra/local/stack/synthesize.ts';

test('the app is synthesized twice at once without harm, then not again, and holds nothing the local run refuses', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'overture-synth-'));
  const outDir = join(folder, 'out');
  try {
    await Promise.all([synthesizeLocal(outDir), synthesizeLocal(outDir)]);
    const madeAt = statSync(join(outDir, 'manifest.json')).mtimeMs;
    await synthesizeLocal(outDir);
    expect(statSync(join(outDir, 'manifest.json')).mtimeMs).toBe(madeAt);
    expect(readdirSync(folder)).toEqual(['out']);
    const stacks = readAssembly(outDir);
    expect(stacks.map(({ name }) => name)).toEqual(['Overture-local-Data', 'Overture-local-Service']);
    refuseUnknownResources(stacks);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
