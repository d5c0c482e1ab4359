import type { Touchpoint } from '../../shared/domain/touchpoint.ts';

/** What people do in a run. */
export interface Shape {
  readonly maxPeople: number;
  /** Requests per person, at most. */
  readonly maxRequests: number;
  /** Per person: a message of the contact comes in. */
  readonly reply: number;
  /** Per person: the contact writes STOP. */
  readonly stop: number;
  /** Per STOP: a provider tells of it, or of a complaint, instead of the contact. */
  readonly told: number;
  /** Per STOP of the contact: START follows within a minute. */
  readonly restart: number;
  /** Per request after the first: finds the person by identifiers, not by the conversation's id. */
  readonly startAgain: number;
  /** Per start or reply: with identifiers that are new, or others of the person's. */
  readonly otherIdentifiers: number;
  /** Everything at once, in the first moments. */
  readonly together: boolean;
  /** Nothing but three requests at once for each person: one by email, one by telephone, one by both. */
  readonly crossing: boolean;
  /**
   * The first request ends with a `/leave` a moment later than the longest delay of a queue: its tick comes too early,
   * and the worker waits. What is asked meanwhile is without delay.
   */
  readonly atTheWait: boolean;
  /** When the STOP comes, in milliseconds after the person's first request, at most. */
  readonly stopWithinMs: number;
  /** When the deletion comes, likewise. */
  readonly deletionWithinMs: number;
  readonly touchpoints: readonly Touchpoint[];
  /** Per message: it names its touchpoint. */
  readonly ownTouchpoint: number;
  /** Per message: it has a delay. */
  readonly delay: number;
  /** Per message with a delay: one of hours. */
  readonly longDelay: number;
  /** Per message: a `/leave`. */
  readonly leave: number;
  /** Messages say the same. */
  readonly sameText: number;
  /** Per request: one of the person's messages is canceled or moved later. */
  readonly withdraw: number;
  /** How long after it, in milliseconds, and up to three seconds more. */
  readonly withdrawnAfterMs: readonly number[];
  /** Per person: their contact is deleted. */
  readonly deletion: number;
  /** Per request: it comes again, under an `Idempotency-Key` or with its messages' `clientId`s. */
  readonly repeat: number;
}

export const USUAL_SHAPE: Shape = {
  maxPeople: 2,
  maxRequests: 3,
  reply: 0.3,
  stop: 0.1,
  told: 0.2,
  restart: 0.3,
  startAgain: 0.4,
  otherIdentifiers: 0.15,
  together: false,
  crossing: false,
  atTheWait: false,
  stopWithinMs: 120_000,
  deletionWithinMs: 120_000,
  touchpoints: ['email', 'sms', 'sms', 'whatsapp'],
  ownTouchpoint: 0.7,
  delay: 0.5,
  longDelay: 0.05,
  leave: 0.15,
  sameText: 0.3,
  withdraw: 0,
  withdrawnAfterMs: [200, 2_000, 50_000, 200_000],
  deletion: 0,
  repeat: 0,
};
