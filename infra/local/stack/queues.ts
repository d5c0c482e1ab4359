import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ACCOUNT, arnOf, clientConfig } from './identity.ts';
import type { Resources } from './resources.ts';

const ATTRIBUTES = [
  'ContentBasedDeduplication',
  'DelaySeconds',
  'FifoQueue',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
  'VisibilityTimeout',
] as const;

type QueueProperties = Partial<Record<(typeof ATTRIBUTES)[number], unknown>> & { readonly QueueName?: string };

/**
 * Creates the queues, or brings those kept from an earlier run to the template's attributes; answers their URLs by name.
 * Built on the endpoint, because SDK clients send a request to the host of the queue's URL.
 */
export async function createQueues(resources: Resources, endpoint: string): Promise<Record<string, string>> {
  const client = new SQSClient(clientConfig(endpoint));
  const declared = resources.ofType<QueueProperties>('AWS::SQS::Queue');
  const urls: Record<string, string> = {};
  const all = declared.map((queue) => ({ ...queue, name: queue.properties.QueueName ?? queue.logicalId }));
  for (const { name, created } of all) {
    const ref = `${endpoint}/${ACCOUNT}/${name}`;
    urls[name] = ref;
    created({ ref, attributes: { Arn: arnOf('sqs', name), QueueName: name } });
  }
  const create = (queues: typeof all) =>
    Promise.all(queues.map(({ name, properties }) => createQueue(client, name, urls[name] ?? '', properties)));
  await create(all.filter(({ properties }) => !properties.RedrivePolicy));
  await create(all.filter(({ properties }) => properties.RedrivePolicy));
  client.destroy();
  return urls;
}

async function createQueue(
  client: SQSClient,
  QueueName: string,
  QueueUrl: string,
  wanted: QueueProperties,
): Promise<void> {
  const Attributes: Record<string, string> = {};
  for (const key of ATTRIBUTES) {
    const value = wanted[key];
    if (value !== undefined) Attributes[key] = typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
  try {
    await client.send(new CreateQueueCommand({ QueueName, Attributes }));
  } catch (error) {
    if (!isOtherwiseKept(error)) throw error;
    await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  }
}

/** Emulators prefix the name of the error. */
const isOtherwiseKept = (error: unknown): boolean => error instanceof Error && /QueueNameExists$/.test(error.name);
