/** What a message is for; only marketing can be refused, held and limited by itself. */
export const PURPOSES = ['transactional', 'marketing'] as const;
export type Purpose = (typeof PURPOSES)[number];

export const isPurpose = (value: unknown): value is Purpose => PURPOSES.some((purpose) => purpose === value);

/**
 * The purpose that a message names in `meta.purpose`, or that is kept for it while its body is elsewhere; transactional
 * when it names none.
 */
export const purposeOf = ({
  meta,
  purpose = 'transactional',
}: {
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly purpose?: Purpose;
}): Purpose => (isPurpose(meta?.purpose) ? meta.purpose : purpose);
