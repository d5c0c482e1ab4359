import type { Caller } from '../../../shared/auth/caller.ts';
import { newOtpSeed, otpUrlOf } from '../../../shared/auth/totp.ts';
import { invalid, RequestError } from '../../../shared/domain/errors.ts';
import { deleteOtpSeed, putOtpSeed, readOtpSeed } from '../../../shared/store/otp-seeds.ts';
import { readUser } from '../../../shared/store/users.ts';
import { spendCode } from '../auth/one-time-password.ts';
import { throttled } from '../auth/throttle.ts';
import type { AdminParts } from '../parts.ts';
import { demandOwnUser } from './find-user.ts';

/**
 * Gives the caller a seed for one-time passwords; logins ask for one once it is confirmed. Throws 403 for another user,
 * 409 when there is a confirmed one.
 */
export async function startOtp(
  parts: AdminParts,
  caller: Caller,
  id: string,
): Promise<{ url: string; secret: string }> {
  demandSelf(caller, id);
  const user = await readUser(parts.table, id);
  const secret = newOtpSeed();
  if (!(await putOtpSeed(parts.table, id, await parts.sealer.seal(secret, id)))) {
    throw new RequestError('otp_exists', 'There are one-time passwords already: end them first.');
  }
  return { url: otpUrlOf(secret, user?.email ?? id), secret };
}

/** Proves that the caller can make codes: from now on a login asks for one. Throws 400, 403, 404, 429. */
export async function confirmOtp(parts: AdminParts, caller: Caller, id: string, code: string): Promise<void> {
  demandSelf(caller, id);
  await demandCode(parts, id, code);
}

/** Ends one-time passwords: the caller's own by a code, those of another user without. Throws as above. */
export async function endOtp(parts: AdminParts, caller: Caller, id: string, code: string | undefined): Promise<void> {
  if (id === caller.user) await demandCode(parts, id, code ?? '');
  else await demandOwnUser(parts, caller, id);
  await deleteOtpSeed(parts.table, id);
}

function demandSelf(caller: Caller, id: string): void {
  if (caller.user === id) return;
  throw new RequestError('forbidden', 'One-time passwords are for their user alone to set up.');
}

async function demandCode(parts: AdminParts, id: string, code: string): Promise<void> {
  const seed = await readOtpSeed(parts.table, id);
  if (!seed) throw new RequestError('not_found', 'There are no one-time passwords.');
  const taken = await throttled(parts, `otp:${id}`, async () => (await spendCode(parts, id, seed, code)) || undefined);
  if (!taken) throw invalid('code', 'is wrong, too old, or was used before');
}
