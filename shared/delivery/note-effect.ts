import type { ConsentChangeKind } from '../domain/consent.ts';
import type { Rejected } from '../providers/provider.ts';
import { type ConsentParts, changeConsent, type Reach } from '../store/consent.ts';

/** What a provider's refusal tells of the address, beyond the message that it refused. */
const CHANGE_OF: Readonly<Partial<Record<NonNullable<Rejected['effect']>, ConsentChangeKind>>> = {
  opt_out: 'stop',
  suppress: 'bounce',
  marketing_stop: 'marketing_stop',
};

/** Stores what a refusal says of consent, or that the address does not work; most refusals say neither. */
export async function noteEffect(
  parts: ConsentParts,
  reach: Reach,
  { code, effect, about, at }: Pick<Rejected, 'code' | 'effect'> & { about: string; at?: number },
): Promise<void> {
  const kind = effect && CHANGE_OF[effect];
  if (kind === undefined) return;
  await changeConsent(parts, reach, {
    kind,
    source: 'provider',
    reason: code,
    evidence: about,
    ...(at !== undefined && { at }),
  });
}
