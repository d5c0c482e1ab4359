import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { afterEach, expect, test } from 'vitest';
import type { LocalStack } from '../../infra/local/stack/local-stack.ts';
import { eventually } from './eventually.ts';
import { prepareSample, readNotes, type SampleFolders, startSample } from './sample-stack.ts';

const cleanups: Array<() => unknown> = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const rule = (Properties: Record<string, unknown>) => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    State: 'ENABLED',
    Targets: [{ Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, Id: 'Target0' }],
    ...Properties,
  },
});
const OWN = { Ref: 'Bus' };
const ORDERS = {
  Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop' } },
  Orders: rule({
    EventBusName: OWN,
    EventPattern: { source: ['shop.orders'], detail: { kind: [{ prefix: 'book' }] } },
  }),
  Disabled: rule({ EventBusName: OWN, EventPattern: { source: ['shop.orders'] }, State: 'DISABLED' }),
};

function prepare(more: Parameters<typeof prepareSample>[0]): SampleFolders {
  const folders = prepareSample(more);
  cleanups.push(folders.remove);
  return folders;
}

async function start(folders: SampleFolders): Promise<LocalStack> {
  const stack = await startSample(folders);
  cleanups.push(stack.stop);
  return stack;
}

const clientOf = ({ endpoints }: LocalStack) => {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new EventBridgeClient({ endpoint: endpoints.eventBridge, region: 'us-east-1', credentials });
  cleanups.push(() => client.destroy());
  return (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries }));
};

const order = (kind: string, more: PutEventsRequestEntry = {}): PutEventsRequestEntry => ({
  EventBusName: 'shop',
  Source: 'shop.orders',
  DetailType: 'order.paid',
  Detail: JSON.stringify({ kind }),
  ...more,
});

test('an event of the SDK reaches the queue of each rule of its bus that it fits, with the envelope of the bus', async () => {
  const folders = prepare(ORDERS);
  const put = clientOf(await start(folders));
  await put(order('car'), order('books', { EventBusName: 'default' }));
  const answer = await put(order('books'));
  const [note] = await eventually('the event arrives', () => {
    const found = readNotes<{ bodies: string[] }>(folders.notesFile);
    return found.length > 0 && found;
  });
  expect(note?.bodies.map((body) => JSON.parse(body))).toEqual([
    {
      version: '0',
      id: answer.Entries?.[0]?.EventId,
      account: '000000000000',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: 'us-east-1',
      resources: [],
      source: 'shop.orders',
      'detail-type': 'order.paid',
      detail: { kind: 'books' },
    },
  ]);
});

test('an entry that EventBridge would refuse is refused alone', async () => {
  const put = clientOf(await start(prepare(ORDERS)));
  const { FailedEntryCount, Entries } = await put(
    order('car'),
    order('car', { Detail: '[]' }),
    order('car', { Source: 'aws.s3' }),
    order('car', { DetailType: undefined }),
  );
  expect(FailedEntryCount).toBe(3);
  expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
    undefined,
    'MalformedDetail',
    'NotAuthorizedForSource',
    'InvalidArgument',
  ]);
});

test('a bus that the template does not have is refused, whoever names it', async () => {
  const put = clientOf(await start(prepare(ORDERS)));
  await expect(put(order('car', { EventBusName: 'nobodys' }))).rejects.toThrow('Event bus nobodys does not exist.');
  const lost = prepare({ Lost: rule({ EventBusName: 'nobodys', EventPattern: { source: ['shop'] } }) });
  await expect(startSample(lost)).rejects.toThrow('the bus nobodys');
});
