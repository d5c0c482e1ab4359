import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Emulator } from './dynoxide.ts';

/**
 * SES on 127.0.0.1, with its inbox page at `/` and its mails as JSON at `/store`; in memory, and quiet. It ends with
 * `stop` and with this process. Throws when the port (0 or none: a free one) is taken.
 */
export async function startSes({ port = 0 }: { port?: number } = {}): Promise<Emulator> {
  const thread = new Worker(new URL('./ses-thread.ts', import.meta.url), {
    workerData: { port },
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  const [boundPort] = await once(thread, 'message');
  thread.on('error', () => {});
  const stop = async () => void (await thread.terminate());
  return { endpoint: `http://127.0.0.1:${boundPort}`, stop };
}
