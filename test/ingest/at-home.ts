import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, GetCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import { digestOf } from '../../functions/ingest/continue-import.ts';
import { type RunningDoubles, startDoubles } from '../../infra/local/doubles/start.ts';
import { importKey } from '../../shared/store/keys.ts';
import { personalDataIn } from '../support/log-scan.ts';
import { until } from '../support/poll.ts';
import { freePort, type StartProcess, spawnStart } from '../support/start-process.ts';

const SHOP = '6663a1f684ba342816c4b7c4';
/** S3 takes no smaller parts but the last. */
const PART_BYTES = 5 * 1024 * 1024;
const DAY_MS = 86_400_000;
/** As on AWS: what the functions do for messages of tomorrow comes when the file has been read. */
const HOP_SECONDS = '900';
/** Every so many rows one cannot be done. */
const BAD_EVERY = 100;
/** Of so many rows, evenly spread, the logs are searched for what is personal: a log that names people names all alike. */
const SEARCHED = 100;
const config = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

// biome-ignore lint/suspicious/noExplicitAny: results and items are read as any JSON
type Json = any;

export interface ImportAtHome {
  readonly rows: number;
  /** Kilobytes of the whole run's memory with so many rows done, of each run from its start to its end. */
  readonly memory: readonly (readonly { readonly done: number; readonly residentKb: number }[])[];
  readonly seconds: number;
  readonly summary: Json;
  readonly results: readonly Json[];
  /** What the functions' logs say of people. */
  readonly logged: readonly string[];
  /** How many items there are in the table of each name: messages by their text, contacts by their user. */
  readonly items: ReadonlyMap<string, number>;
}

export const textOf = (row: number): string => `Row ${row}`;
export const isBad = (row: number): boolean => row % BAD_EVERY === 0;

/** What the rows of a file are, and what of them is counted in the table. */
export interface Rows {
  readonly name: string;
  /** Characters of a part of the upload. */
  readonly partLength: number;
  bytesOf(lines: string): string | Uint8Array;
  row(number: number): Json;
  /** What of a row is its person's. */
  personal(row: number): readonly string[];
  /** Sort keys of the items begin so. */
  readonly counted: string;
  /** What an item is counted as; undefined for one that is not of the file. */
  nameIn(item: Json): string | undefined;
}

/** Nothing is delivered: the messages are for tomorrow. */
export const STARTS: Rows = {
  name: 'people.ndjson',
  partLength: PART_BYTES,
  bytesOf: (lines) => lines,
  row: (row) => ({
    contact: { profile: { name: nameOf(row), ...(!isBad(row) && { email: `row${row}@example.com` }) } },
    messages: [{ text: textOf(row), role: 'agent', touchpoint: 'email', delay: DAY_MS }],
  }),
  personal: (row) => [nameOf(row), textOf(row)],
  counted: 'M#',
  nameIn: ({ text }) => text,
};

/** An endpoint of Amazon Pinpoint in each row, by turns the email and the telephone of a user; every tenth is opted out. */
export const ENDPOINTS: Rows = {
  name: 'pinpoint/app/endpoints.gz',
  partLength: Number.POSITIVE_INFINITY,
  bytesOf: (lines) => gzipSync(lines),
  row: (row) => ({
    Id: `endpoint-${row}`,
    ...(row % 2 === 1
      ? { ChannelType: 'EMAIL', Address: `row${row}@example.com` }
      : { ChannelType: 'SMS', Address: telephoneOf(row) }),
    ...(isBad(row) && { ChannelType: 'GCM' }),
    EndpointStatus: 'ACTIVE',
    OptOut: row % 10 === 0 ? 'ALL' : 'NONE',
    EffectiveDate: '2026-10-01T12:00:00.000Z',
    Attributes: { Interests: ['Science', 'Music'] },
    Demographic: { Locale: 'nl_NL', Timezone: 'Europe/Amsterdam' },
    User: { UserId: userOf(row), UserAttributes: { FirstName: [nameOf(row)] } },
  }),
  personal: (row) => [nameOf(row), telephoneOf(row)],
  counted: '@',
  nameIn: ({ contactMeta }) => contactMeta?.pinpointUserId,
};

const nameOf = (row: number): string => `Person ${row}`;
const telephoneOf = (row: number): string => `+31620${String(row).padStart(6, '0')}`;
export const userOf = (row: number): string => `user-${Math.ceil(row / 2)}`;

/**
 * Imports a file of so many people through the whole local run, which is killed when a third and when two thirds of them
 * are there.
 */
export async function importAtHome(
  rows: number,
  log: (line: string) => void,
  of: Rows = STARTS,
): Promise<ImportAtHome> {
  const dataDir = await mkdtemp(join(tmpdir(), 'overture-import-'));
  const doubles = await startDoubles({});
  const started = performance.now();
  let home: Home | undefined;
  try {
    home = await startHome(dataDir, doubles);
    const etag = await upload(home, of, rows);
    const memory = [];
    for (const share of [1 / 3, 2 / 3]) {
      const samples = await watch(home, { of, etag, rows }, ({ done, isAtWork }) => isAtWork && done >= rows * share);
      await home.kill();
      log(`Killed at work, with ${samples.at(-1)?.done} of ${rows} rows done.`);
      memory.push(samples);
      home = await startHome(dataDir, doubles);
    }
    const { objects, bucket } = home;
    const folder = `results/${SHOP}/${of.name}/${etag}`;
    const read = (name: string) => readText(objects, bucket, `${folder}/${name}`);
    memory.push(await watch(home, { of, etag, rows }, async () => (await read('summary.json')) !== undefined));
    const summary = JSON.parse((await read('summary.json')) ?? '');
    const parts = await Promise.all(summary.parts.map(read));
    const results = parts.flatMap((part) => String(part).trimEnd().split('\n')).map((line) => JSON.parse(line));
    const seconds = Math.round((performance.now() - started) / 1000);
    const searched = Array.from({ length: SEARCHED }, (_, index) => Math.ceil(((index + 1) * rows) / SEARCHED));
    const logged = personalDataIn(join(dataDir, 'logs'), searched.flatMap(of.personal));
    return { rows, memory, seconds, summary, results, logged, items: await countItems(home, of) };
  } finally {
    await home?.kill();
    await doubles.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

interface Home {
  readonly run: StartProcess;
  readonly table: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly objects: S3Client;
  readonly bucket: string;
  kill(): Promise<void>;
}

async function startHome(dataDir: string, doubles: RunningDoubles): Promise<Home> {
  const port = await freePort();
  const run = spawnStart({
    PORT: String(port),
    OVERTURE_DATA: dataDir,
    OVERTURE_HOP_SECONDS: HOP_SECONDS,
    OVERTURE_DOUBLES: JSON.stringify(doubles),
  });
  await run.ready();
  const endpoints: Json = await (await fetch(`http://127.0.0.1:${port}/_local/endpoints`)).json();
  const database = new DynamoDBClient({ ...config, endpoint: endpoints.dynamodb });
  const objects = new S3Client({ ...config, endpoint: endpoints.s3, forcePathStyle: true });
  return {
    run,
    table: DynamoDBDocumentClient.from(database),
    tableName: endpoints.table,
    objects,
    bucket: endpoints.imports,
    async kill() {
      run.child.kill('SIGKILL');
      await run.ended;
      database.destroy();
      objects.destroy();
    },
  };
}

interface Upload {
  readonly of: Rows;
  readonly etag: string;
  readonly rows: number;
}

interface Progress {
  readonly done: number;
  readonly isAtWork: boolean;
}

const keyOf = ({ name }: Rows): string => `imports/${SHOP}/${name}`;

async function upload({ objects, bucket: Bucket }: Home, of: Rows, rows: number): Promise<string> {
  const Key = keyOf(of);
  const { UploadId } = await objects.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
  const put = async (lines: string) => {
    const PartNumber = Parts.length + 1;
    const part = { Bucket, Key, UploadId, PartNumber, Body: of.bytesOf(lines) };
    Parts.push({ PartNumber, ETag: (await objects.send(new UploadPartCommand(part))).ETag });
  };
  let lines = '';
  for (let row = 1; row <= rows; row++) {
    lines += `${JSON.stringify(of.row(row))}\n`;
    if (lines.length < of.partLength) continue;
    await put(lines);
    lines = '';
  }
  if (lines !== '') await put(lines);
  const complete = { Bucket, Key, UploadId, MultipartUpload: { Parts } };
  const { ETag = '' } = await objects.send(new CompleteMultipartUploadCommand(complete));
  return ETag.replaceAll('"', '');
}

async function readText(client: S3Client, Bucket: string, Key: string): Promise<string | undefined> {
  try {
    return await (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}

/** How many rows are noted as done, and whether somebody is at work on the next ones. */
async function readProgress({ table, tableName, bucket }: Home, { of, etag }: Upload): Promise<Progress> {
  const Key = importKey(digestOf({ bucket, key: keyOf(of), etag }));
  const { Item = {} } = await table.send(new GetCommand({ TableName: tableName, Key, ConsistentRead: true }));
  return { done: Item.row ?? 0, isAtWork: Item.leaseUntil > 0 };
}

async function countItems(
  { table, tableName: TableName }: Home,
  { counted, nameIn }: Rows,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const items = {
    FilterExpression: 'begins_with(pk, :c) AND begins_with(sk, :s)',
    ExpressionAttributeValues: { ':c': 'C#', ':s': counted },
  };
  for await (const { Items = [] } of paginateScan({ client: table }, { TableName, ...items })) {
    for (const name of Items.flatMap((item) => nameIn(item) ?? [])) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Samples the memory of a run until enough is done. */
async function watch(home: Home, upload: Upload, isEnough: (progress: Progress) => boolean | Promise<boolean>) {
  const samples: { done: number; residentKb: number }[] = [];
  await until(
    'the rows are done',
    async () => {
      const progress = await readProgress(home, upload);
      const { done } = progress;
      if (samples.at(-1)?.done !== done) samples.push({ done, residentKb: residentKbOf(home.run) });
      return isEnough(progress);
    },
    { withinMs: 120_000 + upload.rows * 100 },
  );
  return samples;
}

const residentKbOf = ({ child }: StartProcess): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0);
