import { MAX_DELAY_SECONDS } from '../../shared/queue/send.ts';
import { TEMPLATE } from './people.ts';
import type { Random } from './random.ts';
import type { Shape } from './shape.ts';

/** A message as a client writes it. */
export interface Draft {
  readonly text: string;
  readonly role: string;
  readonly type?: string;
  readonly touchpoint?: string;
  readonly delay?: number;
  readonly isBackchannel?: boolean;
  readonly meta?: Record<string, unknown>;
  readonly clientId?: string;
}

const DELAYS = [500, 900, 1_500, 3_000, 61_000, 600_000, 1_500_000, 2_400_000];
const LONG_DELAYS = [1_850_000, 2_000_000, 5_400_000, 14_400_000, 100_000_000];
const LONG_TEXT = 'All that there is to say. '.repeat(60);

export const isOutbound = ({ role, type, isBackchannel }: Draft): boolean =>
  role === 'agent' && type !== 'command' && isBackchannel !== true;

/** The messages of one request. */
export function draftsOf(random: Random, shape: Shape, isFirst: boolean): Draft[] {
  if (shape.atTheWait && isFirst) {
    return [outbound(random, shape, true), { ...LEAVE, delay: MAX_DELAY_SECONDS * 1000 + 200 + random.below(800) }];
  }
  const count = random.chance(0.5) ? 1 : 1 + random.below(3);
  const drafts: Draft[] = [];
  for (let index = 0; index < count; index++) {
    const needsTouchpoint = isFirst && !drafts.some(isOutbound);
    drafts.push(
      shape.atTheWait
        ? outbound(random, shape, needsTouchpoint)
        : delayed(random, shape, anyDraft(random, shape, needsTouchpoint)),
    );
  }
  return drafts;
}

const LEAVE: Draft = { text: '/leave', role: 'agent', type: 'command' };

function delayed(random: Random, shape: Shape, draft: Draft): Draft {
  if (!random.chance(shape.delay)) return draft;
  return {
    ...draft,
    delay: random.pick(random.chance(shape.longDelay) ? LONG_DELAYS : DELAYS) + random.below(3) * 100,
  };
}

function anyDraft(random: Random, shape: Shape, needsTouchpoint: boolean): Draft {
  if (random.chance(shape.leave)) return LEAVE;
  const kind = random.next();
  if (kind < 0.06) return { text: 'For the colleagues.', role: 'agent', isBackchannel: true };
  if (kind < 0.12) return { text: 'For the agents.', role: 'bot' };
  if (kind < 0.18) return { text: 'I say this myself.', role: 'contact' };
  return outbound(random, shape, needsTouchpoint);
}

/** A message that goes to the contact. */
export function outbound(random: Random, shape: Shape, needsTouchpoint: boolean): Draft {
  const text = random.chance(shape.sameText)
    ? 'Hello.'
    : `Text ${random.below(1_000_000)}${random.chance(0.05) ? LONG_TEXT : ''}`;
  const touchpoint = needsTouchpoint || random.chance(shape.ownTouchpoint) ? random.pick(shape.touchpoints) : undefined;
  return {
    text,
    role: 'agent',
    ...(touchpoint && { touchpoint }),
    ...(touchpoint !== 'email' && touchpoint !== 'sms' && { meta: { template: TEMPLATE } }),
  };
}
