import type { QueueName } from '../../infra/stages.ts';
import type { Provider } from '../../shared/providers/provider.ts';
import type { Moment } from './history.ts';
import type { Process } from './scheduler.ts';
import type { Anything, Command } from './table.ts';

/** The engine with one of its sentences broken, from outside: by what its parts answer. */
export interface Variant {
  readonly name: string;
  /** What is asked of the table instead. */
  command?(command: Command, process: Process): Command;
  /** An answer that the table is not asked for. */
  known?(command: Command, process: Process): { answer: Anything } | undefined;
  /** What is answered instead. */
  answer?(command: Command, answer: Anything, process: Process, began: Moment): Anything;
  /** Queue messages that are lost. */
  drops?(queue: QueueName, body: Anything, process: Process): boolean;
  provider?(provider: Provider): Provider;
  readonly noSweeper?: boolean;
  /** A delivery under a live lease is deleted from its queue. */
  readonly dropsUnderLease?: boolean;
}

/** The engine as it is. */
export const AS_IT_IS: Variant = { name: 'as it is' };
