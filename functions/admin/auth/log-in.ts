import { isPassword } from '../../../shared/auth/passwords.ts';
import type { LoginRequest } from '../../../shared/contracts/user-request.ts';
import { parseEmailAddress } from '../../../shared/domain/email-address.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import { readOtpSeed } from '../../../shared/store/otp-seeds.ts';
import type { StoredUser } from '../../../shared/store/user-item.ts';
import { findUserByLogin } from '../../../shared/store/users.ts';
import type { AdminParts } from '../parts.ts';
import { spendCode } from './one-time-password.ts';
import { throttled } from './throttle.ts';

/**
 * The user who proved to be one by password and, where they enrolled, by a one-time password; undefined for a wrong
 * proof. An attempt counts before the password is looked at, because looking costs 128 MB: for an address that nobody
 * logs in with as well. Throws 401 where only the one-time password is missing, 429.
 */
export async function logIn(
  parts: AdminParts,
  { email, password, otp }: LoginRequest,
): Promise<StoredUser | undefined> {
  const parsed = parseEmailAddress(email);
  const claimed = parsed.ok ? parsed.matchKey : email.trim().toLowerCase();
  return throttled(parts, `login:${claimed}`, async () => {
    const user = parsed.ok ? await findUserByLogin(parts.table, await parts.pepper(), parsed.matchKey) : undefined;
    const isRight = await isPassword(password, user?.passwordHash);
    if (!isRight || user?.status !== 'active') return undefined;
    const seed = await readOtpSeed(parts.table, user.id);
    if (seed?.confirmedAt === undefined) return user;
    if (otp === undefined) throw otpRequired();
    return (await spendCode(parts, user.id, seed, otp)) ? user : undefined;
  });
}

const otpRequired = (): RequestError =>
  new RequestError('otp_required', 'This login needs a one-time password: repeat it with "otp".');
