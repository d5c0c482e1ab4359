import { type EventBridgeClient, PutEventsCommand, type PutEventsCommandInput } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import type { BusEvent } from '../../shared/contracts/bus-event.ts';
import { createBus } from '../../shared/queue/bus.ts';
import { createFakeObserver } from '../support/builders.ts';

const event = (index: number): BusEvent => ({
  version: '1',
  id: String(index),
  event: 'message.update',
  organization: 'o',
  orgPath: 'r#o',
  ids: { message: 'm' },
  at: '2026-03-01T12:00:00.000Z',
});

/** EventBridge that refuses the events of these ids, or all of a call that has one of `lost`. */
function createEventBridge({ refused = [], lost = [] }: { refused?: string[]; lost?: string[] }) {
  const calls: PutEventsCommandInput[] = [];
  const client = {
    send: async (command: PutEventsCommand) => {
      expect(command).toBeInstanceOf(PutEventsCommand);
      calls.push(command.input);
      const ids = (command.input.Entries ?? []).map(({ Detail = '' }) => JSON.parse(Detail).id);
      if (ids.some((id) => lost.includes(id))) throw new Error('The connection was lost.');
      return {
        Entries: ids.map((id) => (refused.includes(id) ? { ErrorCode: 'ThrottlingException' } : { EventId: id })),
      };
    },
  };
  return { client: client as unknown as EventBridgeClient, calls };
}

describe('the event bus', () => {
  it('is told ten events in a call, each under its name', async () => {
    const { client, calls } = createEventBridge({});
    const events = Array.from({ length: 23 }, (_, index) => event(index));
    expect(await createBus(client, 'overture-test', createFakeObserver()).put(events)).toEqual([]);
    expect(calls.map(({ Entries }) => Entries?.length)).toEqual([10, 10, 3]);
    expect(calls[0]?.Entries?.[0]).toEqual({
      EventBusName: 'overture-test',
      Source: 'overture',
      DetailType: 'message.update',
      Detail: JSON.stringify(event(0)),
      Time: new Date('2026-03-01T12:00:00.000Z'),
    });
  });

  it('says which it did not take: single ones, and all of a call that failed', async () => {
    const { client } = createEventBridge({ refused: ['3'], lost: ['11'] });
    const observe = createFakeObserver();
    const events = Array.from({ length: 22 }, (_, index) => event(index));
    const refused = await createBus(client, 'overture-test', observe).put(events);
    expect(refused.map(({ id }) => id)).toEqual(['3', ...Array.from({ length: 10 }, (_, index) => String(10 + index))]);
    expect(observe.counts.get('EventRefused')).toBe(11);
    expect(observe.errors).toHaveLength(1);
  });

  it('is not called with nothing', async () => {
    const { client, calls } = createEventBridge({});
    await createBus(client, 'overture-test', createFakeObserver()).put([]);
    expect(calls).toEqual([]);
  });
});
