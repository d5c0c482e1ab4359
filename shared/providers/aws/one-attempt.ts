import type { ErrorTable } from '../error-table.ts';
import type { Rejected } from '../provider.ts';
import { awsRefusal, awsRejection } from './rejection.ts';

const CONNECT_TIMEOUT_MS = 3000;
/** Node keeps connections alive while the number of sockets is limited, whatever `keepAlive` says. */
const ONE_REQUEST_PER_CONNECTION = { keepAlive: false, maxSockets: Number.POSITIVE_INFINITY };

/**
 * For an SDK client that sends messages: no repetition, which the SDK does by default when a connection drops, and a
 * connection of its own for each request, because one that idled while Lambda was frozen may be dead.
 */
export const ONE_ATTEMPT = {
  maxAttempts: 1,
  requestHandler: {
    connectionTimeout: CONNECT_TIMEOUT_MS,
    httpAgent: ONE_REQUEST_PER_CONNECTION,
    httpsAgent: ONE_REQUEST_PER_CONNECTION,
  },
};

/** Where a command's middleware sees its request last, just before it leaves. */
export const LEAVING = { step: 'deserialize', priority: 'low' } as const;

/** Makes the call, which says by `leave` when its request leaves: only from then on may it have been sent. */
export async function attemptOnce<Output>(
  errors: ErrorTable,
  call: (leave: () => void) => Promise<Output>,
): Promise<{ readonly output: Output } | Rejected> {
  let hasLeft = false;
  try {
    const output = await call(() => {
      hasLeft = true;
    });
    return { output };
  } catch (error) {
    return hasLeft ? awsRejection(errors, error) : awsRefusal(errors, error);
  }
}
