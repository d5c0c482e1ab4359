import { RequestError } from '../domain/errors.ts';
import { StillContendedError } from '../store/contention.ts';
import { isContention } from '../store/table.ts';

const RETRY_AFTER_SECONDS = '1';

/** What a caller is told of what was thrown; undefined for a fault of our own. */
export function refusalOf(error: unknown): RequestError | undefined {
  if (error instanceof RequestError) return error;
  return error instanceof StillContendedError || isContention(error) ? overloaded() : undefined;
}

const overloaded = (): RequestError =>
  new RequestError(
    'overloaded',
    'Too many requests at once for the same contact. The messages were not stored; try again in a second.',
    [],
    { 'retry-after': RETRY_AFTER_SECONDS },
  );
