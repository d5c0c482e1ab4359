import type { ProviderName } from '../../../shared/providers/provider.ts';
import { type Fault, parseFault, type Subject } from './fault-input.ts';
import type { Answer } from './port.ts';

export type FaultBook = ReturnType<typeof createFaultBook>;

/** A fault that one request has used up once. */
export interface TakenFault {
  readonly behaviour: string;
  /** What follows the colon of `reject:` and `fail:`. */
  readonly code: string;
  /** For a request that was refused for a reason of its own: the fault waits for the next one. */
  giveBack(): void;
}

interface OpenFault extends Fault {
  readonly id: number;
  left: number;
}

/** The faults still to happen, each provider's in the order in which they were posted. */
export function createFaultBook() {
  let open: OpenFault[] = [];
  let lastId = 0;

  const remove = (fault: OpenFault) => {
    open = open.filter((other) => other !== fault);
  };

  function use(fault: OpenFault): TakenFault {
    fault.left -= 1;
    if (fault.left === 0) remove(fault);
    const giveBack = () => {
      fault.left += 1;
      if (fault.left === 1) open = [...open, fault].sort((a, b) => a.id - b.id);
    };
    return { behaviour: fault.behaviour, code: fault.behaviour.split(':')[1] ?? '', giveBack };
  }

  const next = (provider: ProviderName, wanted: (fault: OpenFault) => boolean) =>
    open.find((fault) => fault.provider === provider && fault.behaviour !== 'refuse' && wanted(fault));

  return {
    /** Throws `BadInput` with a sentence for people. */
    post(input: unknown) {
      const fault: OpenFault = { ...parseFault(input), id: ++lastId, left: 0 };
      fault.left = fault.times;
      open.push(fault);
      return {
        shown: shown(fault),
        provider: fault.provider,
        behaviour: fault.behaviour,
        times: fault.times,
        end: () => remove(fault),
      };
    },
    /** The fault this request meets, if any; `lose-callbacks` is asked for apart, since it concerns what was accepted. */
    take(provider: ProviderName, on: Fault['on'], subject: Subject): TakenFault | undefined {
      const fault = next(provider, (f) => f.behaviour !== 'lose-callbacks' && f.on === on && concerns(f, subject));
      return fault && use(fault);
    },
    losesCallbacks(provider: ProviderName, subject: Subject): boolean {
      const fault = next(provider, (f) => f.behaviour === 'lose-callbacks' && concerns(f, subject));
      if (fault) use(fault);
      return fault !== undefined;
    },
    list: () => open.map(shown),
    clear() {
      open = [];
    },
  };
}

/** The faults that answer in the provider's place, with the provider's own words for them. */
export function faultAnswer(
  fault: TakenFault | undefined,
  words: { throttled(): Answer; broken(): Answer; rejected(code: string): Answer },
): Answer | undefined {
  if (fault?.behaviour === 'hang' || fault?.behaviour === 'drop') return fault.behaviour;
  if (fault?.behaviour === '429') return words.throttled();
  if (fault?.behaviour === '500') return words.broken();
  if (fault?.behaviour.startsWith('reject:')) return words.rejected(fault.code);
  return undefined;
}

/** The code with which an accepted message is to fail later, or null. */
export const failureOf = (fault: TakenFault | undefined): number | null =>
  fault?.behaviour.startsWith('fail:') ? Number(fault.code) : null;

/** The same where codes are words. */
export const failureWordOf = (fault: TakenFault | undefined): string | undefined =>
  fault?.behaviour.startsWith('fail:') ? fault.code : undefined;

const concerns = ({ match }: Fault, subject: Subject): boolean => {
  if (match === undefined) return true;
  if (typeof match === 'string') return subject.to.includes(match) || subject.text.includes(match);
  return subject.to.includes(match.to ?? '') && subject.text.includes(match.text ?? '');
};

const shown = ({ id, provider, behaviour, times, left, match, on }: OpenFault) => ({
  id,
  provider,
  behaviour,
  times,
  left,
  ...(match === undefined ? {} : { match }),
  ...(on === 'lookup' ? { on } : {}),
});
