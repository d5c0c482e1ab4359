import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createObjects } from '../../functions/ingest/objects.ts';
import type { IngestParts } from '../../functions/ingest/parts.ts';
import { takeMessage } from '../../functions/ingest/take-message.ts';
import { objectsEndpoint, sqsEndpoint } from '../../infra/local/emulators/endpoints.ts';
import { OrganizationSchema } from '../../shared/contracts/configuration.ts';
import { type Import, IngressSchema, type StartRefused } from '../../shared/contracts/ingress.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import { putOrganization } from '../../shared/store/configuration.ts';
import { slowClock } from '../support/api-clock.ts';
import { ORGANIZATION, pathOf, USER } from '../support/api-seed.ts';
import { type Api, startWorld, type World } from '../support/api-world.ts';

const BUCKET = 'imports';
const ENOUGH_MS = 600_000;

/** What a message of queue `ingress` is received with. */
export interface Receipt {
  readonly messageId?: string;
  readonly times?: number;
  readonly remainingMs?: () => number;
}

/** One environment of the function. */
export interface Ingest {
  readonly api: Api;
  readonly parts: IngestParts;
  /** Told on the bus. */
  readonly told: StartRefused[];
  /** Sent to the function's own queue. */
  readonly rest: { import: Import }[];
  /** Takes a message as it lies on the queue. Rejects where the queue would bring it again. */
  receive(body: unknown, receipt?: Receipt): Promise<void>;
}

export interface UploadSummary {
  readonly rows: number;
  readonly created: number;
  readonly appended?: number;
  readonly repeated?: number;
  /** Of endpoints. */
  readonly found?: number;
  readonly optedOut?: number;
  readonly conflicts?: number;
  readonly refused: number;
  readonly parts: string[];
  readonly error?: { code: string; message: string };
}

export interface IngestSetting {
  readonly world: World;
  readonly objects: S3Client;
  createIngest(options?: { clock?: Clock; parts?: Partial<IngestParts> }): Ingest;
  /** Stores a file and answers the message that S3's event becomes. */
  upload(body: string | Uint8Array, name?: string, organization?: string): Promise<{ import: Import }>;
  /** The lines of all parts of an upload's results, in their order, and its summary if there is one. */
  results(upload: { import: Import }): Promise<{ rows: Row[]; summary: UploadSummary | undefined }>;
  stop(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: results are read as whoever uploaded would, without our types
type Row = any;

/** A world with a bucket for uploads; who uploads for `shop` without naming anybody acts as its own bot. */
export async function startIngest(): Promise<IngestSetting> {
  const [world, sqs] = await Promise.all([startWorld(), sqsEndpoint()]);
  const store = await objectsEndpoint(sqs);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const clients: S3Client[] = [];
  const createClient = () => {
    clients.push(new S3Client({ endpoint: store.endpoint, region: 'us-east-1', credentials, forcePathStyle: true }));
    return clients.at(-1) as S3Client;
  };
  const objects = createClient();
  await objects.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await putOrganization(
    world.table,
    OrganizationSchema.parse({
      id: ORGANIZATION.shop,
      name: 'Shop',
      country: 'NL',
      path: pathOf(ORGANIZATION.shop),
      settings: { ingestUser: USER.shopBot },
    }),
  );

  const commonClock = slowClock();
  const read = async (key: string): Promise<string | undefined> => {
    const answer = await fetch(`${store.endpoint}/${BUCKET}/${key}`);
    return answer.ok ? answer.text() : undefined;
  };

  return {
    world,
    objects,
    createIngest({ clock = commonClock, parts: others = {} } = {}) {
      const api = world.createApi({ clock });
      const told: StartRefused[] = [];
      const rest: { import: Import }[] = [];
      const parts: IngestParts = {
        ...api.parts,
        bus: {
          async put(events) {
            told.push(...events);
            return [];
          },
        },
        objects: createObjects(createClient()),
        rest: { send: async (messages) => void rest.push(...messages.map(({ body }) => body)) },
        leaseMs: 0,
        reserveMs: 0,
        ...others,
      };
      const receive: Ingest['receive'] = async (body, receipt = {}) =>
        takeMessage(parts, IngressSchema.parse(JSON.parse(JSON.stringify(body))), {
          messageId: 'message-of-a-test',
          times: 1,
          remainingMs: () => ENOUGH_MS,
          ...receipt,
        });
      return { api, parts, told, rest, receive };
    },
    async upload(body, name = `${crypto.randomUUID()}.ndjson`, organization = ORGANIZATION.shop) {
      const key = `imports/${organization}/${name}`;
      const { ETag = '' } = await objects.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
      return {
        import: { bucket: BUCKET, key, etag: ETag.replaceAll('"', ''), size: Buffer.byteLength(body), from: 0 },
      };
    },
    async results({ import: { key, etag } }) {
      const folder = `${key.replace('imports/', 'results/')}/${etag}`;
      const { Contents = [] } = await objects.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: folder }));
      const parts = Contents.flatMap(({ Key = '' }) => (Key.endsWith('.ndjson') ? [Key] : [])).sort();
      const texts = await Promise.all(parts.map(read));
      const lines = texts.flatMap((text = '') => text.split('\n').filter((line) => line !== ''));
      const summary = await read(`${folder}/summary.json`);
      return { rows: lines.map((line) => JSON.parse(line)), summary: summary && JSON.parse(summary) };
    },
    async stop() {
      for (const client of clients) client.destroy();
      await Promise.all([world.stop(), store.stop(), sqs.stop()]);
    },
  };
}

/** Takes an upload to its end as the queue would: what is left follows what was done. */
export async function importAll(ingest: Ingest, upload: { import: Import }, receipt?: Receipt): Promise<void> {
  for (let next: unknown = upload; next !== undefined; next = ingest.rest.shift()) await ingest.receive(next, receipt);
}
