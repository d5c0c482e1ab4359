import { stepOfCode } from '../../../shared/auth/totp.ts';
import { type OtpSeed, spendOtpStep } from '../../../shared/store/otp-seeds.ts';
import type { AdminParts } from '../parts.ts';

/** Takes a code of a user's seed, once; false for one that does not hold now or was taken. */
export async function spendCode(
  { table, clock, sealer }: Pick<AdminParts, 'table' | 'clock' | 'sealer'>,
  user: string,
  { sealed, confirmedAt = clock.now() }: OtpSeed,
  code: string,
): Promise<boolean> {
  const step = stepOfCode(await sealer.open(sealed, user), code, clock.now());
  return step !== undefined && (await spendOtpStep(table, user, { sealed, step, confirmedAt }));
}
