import { absent, type Condition, equals, exists } from './expression.ts';

/** By its `updatedAt` a writer tells whether something changed since they saw it. */
interface Versioned {
  readonly updatedAt?: number | undefined;
}

export const unchangedSince = ({ updatedAt }: Versioned): Condition[] => [
  exists('pk'),
  updatedAt === undefined ? absent('updatedAt') : equals('updatedAt', updatedAt),
];

/** The `updatedAt` of a change: later than the one before even within a millisecond. */
export const laterThan = ({ updatedAt = 0 }: Versioned, now: number): number => Math.max(now, updatedAt + 1);
