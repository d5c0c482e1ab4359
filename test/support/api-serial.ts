/** A start of a conversation, as far as it decides whose it is. */
export interface SerialRequest {
  readonly name: string;
  readonly email?: string;
  readonly telephone?: string;
  readonly touchpoint: 'email' | 'sms';
}

type Kind = 'email' | 'telephone';

/** What can be told from outside of who came together. Conversations are named by the requests that wrote to them. */
export interface Outcome {
  /** By request: status, and whether another contact owns one of its identifiers. */
  readonly answers: Readonly<Record<string, string>>;
  /** The requests that wrote to one conversation, the identifiers that find it, and its primary ones. */
  readonly contacts: readonly string[];
}

interface Contact {
  readonly requests: string[];
  readonly found: Set<Kind>;
  readonly primary: Map<Kind, string>;
}

const newContact = (): Contact => ({ requests: [], found: new Set(), primary: new Map() });

export const describeContact = (requests: readonly string[], found: readonly string[], primary: readonly string[]) =>
  `${[...requests].sort().join('+')} found by ${[...found].sort().join('+')}, reached by ${[...primary].sort().join('+')}`;

/** The contract's rules of matching, one request after the other (contract section 12). */
export function runSerially(requests: readonly SerialRequest[]): Outcome {
  const contacts: Contact[] = [];
  const answers: Record<string, string> = {};
  for (const request of requests) {
    const kinds = (['email', 'telephone'] as const).filter((kind) => request[kind] !== undefined);
    const owners = kinds.flatMap((kind) => contacts.filter(({ found }) => found.has(kind)));
    const distinct = [...new Set(owners)];
    const deciding: Kind = request.touchpoint === 'email' ? 'email' : 'telephone';
    const isConflict = distinct.length > 1;
    const contact = (isConflict ? contacts.find(({ found }) => found.has(deciding)) : distinct[0]) ?? newContact();
    if (distinct.length === 0) contacts.push(contact);
    answers[request.name] = `${distinct.length === 0 ? 201 : 200}${isConflict ? ' conflict' : ''}`;
    contact.requests.push(request.name);
    for (const kind of kinds) {
      if (isConflict && kind !== deciding) continue;
      contact.found.add(kind);
      contact.primary.set(kind, request[kind] ?? '');
    }
  }
  return {
    answers,
    contacts: contacts
      .map(({ requests: names, found, primary }) => describeContact(names, [...found], [...primary.keys()]))
      .sort(),
  };
}

export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((first, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [first, ...rest]),
  );
}
