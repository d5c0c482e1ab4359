import { randomInt } from 'node:crypto';

const STEPS = 2 ** 47;

/** From 0 up to but not including 1; nobody can guess the next one. */
export const secureRandom = (): number => randomInt(STEPS) / STEPS;
