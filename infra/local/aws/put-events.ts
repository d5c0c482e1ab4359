import type { BusEvent } from '../stack/event-bus.ts';
import { type Answer, refusal } from './answer.ts';

/** The buses, as far as PutEvents needs them. */
export interface EventSink {
  has(bus: string): boolean;
  put(event: BusEvent, bus?: string): Promise<string>;
}

interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
}

/** Entries and bytes of a call that EventBridge takes. */
const MAX_ENTRIES = 10;
const MAX_BYTES = 1024 * 1024;

/**
 * EventBridge's PutEvents: each entry is taken or refused on its own. Unlike AWS, which takes an event for a bus that is
 * not there and drops it, the whole call is refused then: at home that is a slip.
 */
export async function answerPutEvents(body: string, sink: EventSink): Promise<Answer> {
  const { Entries = [] }: { Entries?: readonly Entry[] } = JSON.parse(body);
  if (Entries.length === 0 || Entries.length > MAX_ENTRIES) {
    return refusal(400, 'ValidationException', `A call holds 1 to ${MAX_ENTRIES} entries, not ${Entries.length}.`);
  }
  if (Buffer.byteLength(JSON.stringify(Entries)) > MAX_BYTES) {
    return refusal(400, 'ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  const lost = Entries.find(({ EventBusName }) => EventBusName !== undefined && !sink.has(EventBusName));
  if (lost) return refusal(400, 'ResourceNotFoundException', `Event bus ${lost.EventBusName} does not exist.`);
  const results = await Promise.all(Entries.map((entry) => take(entry, sink)));
  return [200, { Entries: results, FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length }];
}

async function take(entry: Entry, sink: EventSink) {
  const { Source: source, DetailType, Detail, EventBusName, Resources: resources } = entry;
  if (!source || !DetailType || !Detail)
    return refused('InvalidArgument', 'Source, DetailType and Detail are required.');
  if (source.startsWith('aws.')) return refused('NotAuthorizedForSource', 'Not authorized for the source.');
  const detail = objectOf(Detail);
  if (!detail) return refused('MalformedDetail', 'Detail is malformed.');
  const event = { source, 'detail-type': DetailType, detail, ...(resources && { resources }) };
  return { EventId: await sink.put(event, EventBusName) };
}

const refused = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });

function objectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
