import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { createLambdaFunction, type LambdaFunction } from '../../infra/local/stack/lambda-function.ts';
import { createTurns } from '../../infra/local/stack/turns.ts';

const started: LambdaFunction[] = [];
afterEach(async () => {
  for (const lambda of started.splice(0)) await lambda.stop();
});

function start({ exportName = 'handler', maxConcurrency = 1, timeoutMs = 500, processors = 2 } = {}): LambdaFunction {
  const moduleUrl = pathToFileURL(join(import.meta.dirname, 'fixtures/handlers/pool.mjs')).href;
  const lambda = createLambdaFunction({
    setup: { moduleUrl, exportName, functionName: 'pool', functionArn: 'arn:pool', memoryMb: 128, permissions: [] },
    variables: {},
    timeoutMs,
    maxConcurrency,
    turns: createTurns(processors),
    write: () => {},
    onFailure: () => {},
  });
  started.push(lambda);
  return lambda;
}

test('an environment is kept for the next event, which it meets alone', async () => {
  const lambda = start();
  const answers = await Promise.all(['a', 'b', 'c'].map((name) => lambda.invoke({ name })));
  expect(answers).toEqual([
    { name: 'a', served: 1, atOnce: 1 },
    { name: 'b', served: 2, atOnce: 1 },
    { name: 'c', served: 3, atOnce: 1 },
  ]);
});

test('events that need not wait long share an environment, and no other is made', async () => {
  const lambda = start({ maxConcurrency: 8, timeoutMs: 5_000 });
  await lambda.prewarm();
  const shortOnes = async () => {
    const answers = await Promise.all(['a', 'b', 'c'].map((name) => lambda.invoke({ name, takesMs: 2 })));
    return answers.map((answer) => (answer as { served: number }).served);
  };
  expect(await shortOnes()).toEqual([1, 2, 3]);
  await lambda.invoke({ takesMs: 400 });
  expect(await shortOnes()).toEqual([5, 6, 7]);
});

const invokeAll = (lambda: LambdaFunction, event: object, count: number) =>
  Promise.all(
    Array.from({ length: count }, () => lambda.invoke(event, { group: 'loud' }) as Promise<{ served: number }>),
  );

test('a flood of one group does not delay the event of another by more than the one at work', async () => {
  const lambda = start();
  await lambda.prewarm();
  const flood = invokeAll(lambda, {}, 10);
  expect(await lambda.invoke({ name: 'quiet' }, { group: 'quiet' })).toEqual({ name: 'quiet', served: 2, atOnce: 1 });
  expect(await flood).toHaveLength(10);
});

test('a group whose events only wait gets more environments than there are processors, up to the concurrency', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'overture-pool-'));
  const lambda = start({ maxConcurrency: 3, timeoutMs: 20_000, processors: 1 });
  const answers = await invokeAll(lambda, { meets: { folder, count: 3 } }, 6);
  expect(answers.filter(({ served }) => served === 1)).toHaveLength(3);
  rmSync(folder, { recursive: true });
}, 30_000);

test('an event whose caller gave up while it waited is not begun', async () => {
  const lambda = start();
  const caller = new AbortController();
  const atWork = lambda.invoke({ takesMs: 50 });
  const given = lambda.invoke({}, { signal: caller.signal });
  caller.abort();
  await expect(given).rejects.toThrow('aborted');
  await atWork;
  expect(await lambda.invoke({})).toMatchObject({ served: 2 });
});

test('an error keeps its name and leaves the environment alive', async () => {
  const lambda = start();
  await expect(lambda.invoke({ does: 'throw' })).rejects.toMatchObject({
    kind: 'thrown',
    errorType: 'TypeError',
    message: 'as asked',
  });
  expect(await lambda.invoke({})).toMatchObject({ served: 2 });
});

test.for([
  ['exit', { kind: 'crashed', errorType: 'Runtime.ExitError' }],
  ['reject', { kind: 'crashed' }],
  ['hang', { kind: 'timeout', message: expect.stringContaining('Task timed out after 0.50 seconds') }],
] as const)('an event that waits behind one that does "%s" gets a new environment', async ([does, failure]) => {
  const lambda = start();
  const failing = lambda.invoke({ does });
  const waiting = lambda.invoke({ name: 'next' });
  await expect(failing).rejects.toMatchObject(failure);
  expect(await waiting).toEqual({ name: 'next', served: 1, atOnce: 1 });
});

test('a handler that is not there is named', async () => {
  await expect(start({ exportName: 'absent' }).invoke({})).rejects.toThrow('absent');
});
