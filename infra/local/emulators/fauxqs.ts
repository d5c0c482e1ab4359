import { refuseDelay, splitBatchByDelay, withFailures } from './delay-rules.ts';
import { createFairQueues } from './fair-queues.ts';
import { loadFauxqs, type S3Store, type SqsStore } from './fauxqs-library.ts';

type Inspection = NonNullable<ReturnType<SqsStore['inspectQueue']>>;

export interface Fauxqs {
  readonly endpoint: string;
  /** It answers S3's calls too, on the same port. */
  readonly hasObjects: true;
  /** The URL that clients must use: the emulator's own answers name a host that does not resolve everywhere. */
  queueUrl(name: string): string;
  /** The messages of a queue (`ready`, `delayed`, `inflight`), untouched; undefined when there is no such queue. */
  inspectQueue(name: string): Inspection | undefined;
  /** Answers every waiting receive now, so that none takes a message for a client that has gone. */
  endLongPolls(): void;
  stop(): Promise<void>;
}

export interface FauxqsOptions {
  /** Where queues and messages are kept over a restart, `kill -9` included; none: in memory. */
  readonly dataDir?: string;
  /** 0 or none: a free one. */
  readonly port?: number;
  /** Told of every object that was stored, in one call or in parts. */
  onObject?(object: NewObject): void;
}

export interface NewObject {
  readonly bucket: string;
  readonly key: string;
  /** Without the quotes that HTTP puts round it. */
  readonly etag: string;
  readonly size: number;
}

const REGION = 'us-east-1';
const ACCOUNT = '000000000000';

interface SendBody {
  DelaySeconds?: number;
  MessageGroupId?: string;
  MessageAttributes?: object;
}
interface BatchBody {
  Entries?: Array<SendBody & { Id: string }>;
}

/** SQS and S3 on 127.0.0.1, in this process: refuses delays outside 0-900 s and serves message groups fairly, as SQS does. */
export async function startFauxqs({ dataDir, port = 0, onObject }: FauxqsOptions = {}): Promise<Fauxqs> {
  const library = await loadFauxqs();
  const stores = library.createStores();
  const fair = createFairQueues();
  fair.install(stores.sqsStore);
  const persistence = dataDir ? persist(library.openPersistence(dataDir), stores) : undefined;
  if (onObject) tellOfObjects(stores.s3Store, onObject);
  const app = library.buildApp({ logger: false, defaultRegion: REGION, stores });
  const failuresOf = new WeakMap<object, unknown[]>();

  app.addHook('preHandler', async (request, reply) => {
    const action = request.headers['x-amz-target'];
    if (action === 'AmazonSQS.SendMessage') {
      const body = request.body as SendBody;
      fair.noteGroup(body);
      const refusal = refuseDelay(body);
      if (refusal) return reply.status(400).type('application/x-amz-json-1.0').send(refusal);
    }
    if (action === 'AmazonSQS.SendMessageBatch') {
      const body = request.body as BatchBody;
      for (const entry of body.Entries ?? []) fair.noteGroup(entry);
      const { accepted, failures } = splitBatchByDelay(body.Entries ?? []);
      if (failures.length === 0) return;
      if (accepted.length === 0) {
        return reply.type('application/x-amz-json-1.0').send(withFailures({}, failures));
      }
      body.Entries = accepted;
      failuresOf.set(request, failures);
    }
  });
  app.addHook('preSerialization', async (request, _reply, payload) => {
    const failures = failuresOf.get(request);
    return failures && payload && 'Successful' in (payload as object) ? withFailures(payload, failures) : payload;
  });

  const endpoint = await app.listen({ port, host: '127.0.0.1' });
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    stores.sqsStore.shutdown();
    await app.close();
    persistence?.close();
  };
  return {
    endpoint,
    hasObjects: true,
    queueUrl: (name) => `${endpoint}/${ACCOUNT}/${name}`,
    inspectQueue: (name) => stores.sqsStore.inspectQueue(name),
    endLongPolls: () => stores.sqsStore.shutdown(),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** By what fauxqs tells its tests. */
function tellOfObjects(store: S3Store, tell: NonNullable<FauxqsOptions['onObject']>): void {
  const spy: Pick<NonNullable<S3Store['spy']>, 'addMessage'> = {
    addMessage(message) {
      if (message.service !== 's3' || message.status !== 'uploaded') return;
      const { bucket, key } = message;
      const { etag, contentLength: size } = store.headObject(bucket, key);
      tell({ bucket, key, etag: etag.replaceAll('"', ''), size });
    },
  };
  store.spy = spy as S3Store['spy'];
}

type Library = Awaited<ReturnType<typeof loadFauxqs>>;

/** Loads what was kept, then lets every later change be written: the other way round the load would delete messages. */
function persist(
  { persistence, objects }: ReturnType<Library['openPersistence']>,
  { sqsStore, snsStore, s3Store }: ReturnType<Library['createStores']>,
) {
  persistence.loadSqsAndSns(sqsStore, snsStore);
  objects.loadS3(s3Store);
  s3Store.persistence = objects;
  const sink = persistence as unknown as NonNullable<SqsStore['persistence']>;
  sqsStore.persistence = sink;
  for (const queue of sqsStore.allQueues()) queue.persistence = sink;
  return persistence;
}
