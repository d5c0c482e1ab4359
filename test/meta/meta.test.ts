import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Provider, SendRequest } from '../../shared/providers/provider.ts';
import { type EngineTable, startEngineTable } from '../engine/engine-table.ts';
import { play } from './run.ts';
import type { Variant } from './world.ts';

let engine: EngineTable;
beforeAll(async () => {
  engine = await startEngineTable();
});
afterAll(() => engine.stop());

/** Small numbers for every change; `npm run test:meta` sends 10,000. */
const round = { sends: 120, numbers: 1, seed: 3 };

/** What is sent, changed on its way to the adapter. */
const sending =
  (change: (request: SendRequest) => SendRequest): Variant['provider'] =>
  (provider: Provider) => ({ ...provider, send: (request) => provider.send(change(request)) });

const asText = ({ content, ...request }: SendRequest): SendRequest => ({
  ...request,
  content: content.kind === 'template' ? { kind: 'text', text: content.text } : content,
});
const withoutParameters = ({ content, ...request }: SendRequest): SendRequest => ({
  ...request,
  content: content.kind === 'template' ? { ...content, parameters: [] } : content,
});

describe('a Meta that keeps its limits', { timeout: 240_000 }, () => {
  it('refuses nothing of what is sent by text, by template and by fallback', async () => {
    const outcome = await play(engine.table, round);
    expect(outcome).toMatchObject({ refusals: {}, faults: [] });
    expect(outcome.received).toBeGreaterThanOrEqual(round.sends);
    const { asText: texts, asFallback, lapsed, paced } = outcome;
    expect([texts, asFallback, lapsed, paced].every((count) => count > 0)).toBe(true);
  });

  it.each<[string, Variant, number[], number?]>([
    ['a pace', { pace: { ask: async () => ({ go: true }) } }, [130429, 131056], 320],
    ['a look at the window', { provider: sending(asText) }, [131047]],
    ['the parameters', { provider: sending(withoutParameters) }, [132000]],
  ])('notices when messages are sent without %s', async (_, variant, codes, sends = round.sends) => {
    const { refusals } = await play(engine.table, { ...round, sends, variant });
    for (const code of codes) expect(refusals[code]).toBeGreaterThan(0);
  });
});
