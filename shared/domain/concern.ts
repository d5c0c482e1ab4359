import type { Message } from './message.ts';
import { type Purpose, purposeOf } from './purpose.ts';
import type { Touchpoint } from './touchpoint.ts';

/** Which messages a rule of an organization is about; without touchpoints, those by any. */
export interface Concern {
  readonly touchpoints?: readonly Touchpoint[];
  readonly purposes: readonly Purpose[];
}

export const concerns = (
  { touchpoints, purposes }: Concern,
  message: Pick<Message, 'touchpoint' | 'meta' | 'purpose'>,
): boolean =>
  purposes.includes(purposeOf(message)) &&
  (touchpoints === undefined || touchpoints.some((touchpoint) => touchpoint === message.touchpoint));
