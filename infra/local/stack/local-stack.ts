import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fireSchedules } from '../aws/fire-schedules.ts';
import { openScheduleStore } from '../aws/schedule-store.ts';
import { createSecretStore } from '../aws/secret-store.ts';
import { type Stores, startStandIn } from '../aws/stand-in.ts';
import {
  dynamodbEndpoint,
  objectsEndpoint,
  type SqsEmulator,
  sesEndpoint,
  someoneElses,
  sqsEndpoint,
} from '../emulators/endpoints.ts';
import type { FauxqsOptions } from '../emulators/fauxqs.ts';
import { createBuckets } from './buckets.ts';
import { type BusEvent, createEventBuses } from './event-bus.ts';
import { startEventSources } from './event-sources.ts';
import { createFunctions } from './functions.ts';
import { openHttpApi } from './http-api.ts';
import type { HttpEvent } from './http-event.ts';
import { readRoutes } from './http-routes.ts';
import type { LambdaFunction } from './lambda-function.ts';
import { createObjectEvents } from './object-events.ts';
import { createMailbox, type StoredMail } from './put-mail.ts';
import { createQueueTargets } from './queue-targets.ts';
import { createQueues } from './queues.ts';
import { readResources } from './resources.ts';
import { createScheduleGroups, nameRoles } from './schedules.ts';
import { createSecrets, SECRET_ARN_PREFIX } from './secrets.ts';
import { createShutdown } from './shutdown.ts';
import { createTables } from './tables.ts';
import { createTopics } from './topics.ts';

export interface LocalStackOptions {
  /** The synthesized CDK app. */
  readonly assemblyDir: string;
  /** Of the HTTP API on 127.0.0.1; 0: a free one. */
  readonly port: number;
  /** Holds tables, queues, schedules, secrets, logs and stream positions; what it holds is taken up again. */
  readonly dataDir: string;
  /** Services to use instead of starting our own; else those that `AWS_ENDPOINT_URL_*` name. */
  readonly endpoints?: Partial<Pick<Endpoints, 'dynamodb' | 'sqs' | 'ses'>>;
  /** Values of secrets by name, or logical id with or without its hash, over those kept or generated. */
  readonly secrets?: Record<string, string>;
  /** Given to every function beside its template's environment: providers' base URLs. */
  readonly environment?: Record<string, string>;
  log(line: string): void;
  /** Who a request is for: see HttpApiOptions. */
  groupOf?(event: HttpEvent): string;
  /** Asked first for requests under `/_local` and `/c`; answers whether it took the request. */
  onLocalRequest?(request: IncomingMessage, response: ServerResponse): boolean;
}

export interface Endpoints {
  readonly dynamodb: string;
  readonly sqs: string;
  readonly ses: string;
  readonly secretsManager: string;
  readonly scheduler: string;
  readonly eventBridge: string;
  readonly s3: string;
}

export interface LocalStack {
  readonly url: string;
  readonly endpoints: Endpoints;
  /** What `Ref` gives, by logical id. */
  readonly resources: Readonly<Record<string, string>>;
  /** The same by a logical id without CDK's hash (`find('Table')`). Throws for none and for several. */
  find(name: string): string;
  readonly tableNames: readonly string[];
  /** By queue name. */
  readonly queueUrls: Readonly<Record<string, string>>;
  readonly functionNames: readonly string[];
  /** Invokes a function by name or ARN. Rejects with FunctionError. */
  invoke(functionNameOrArn: string, event: unknown): Promise<unknown>;
  /** Tells a bus, the default one unless named: what fits a rule of the template goes to the rule's queues. */
  putEvent(event: BusEvent, bus?: string): Promise<string>;
  /** Publishes a message to the template's topics. */
  publish(message: string): Promise<void>;
  /** Receives a mail: an object of the bucket for mail, told as S3 tells it. */
  putMail(raw: Uint8Array): Promise<StoredMail>;
  /** Stores a secret for the functions to read, and answers its ARN. */
  putSecret(nameOrArn: string, value: string): string;
  getSecret(nameOrArn: string): string | undefined;
  /** Ends everything that was started, letting what runs finish for a moment. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Runs the template of a synthesized CDK app on this machine. Ready when it resolves. Throws one clear sentence, with
 * nothing left running, for what a local run cannot be faithful to and for a port that is taken.
 */
export async function createLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const shutdown = createShutdown();
  try {
    return await start(options, shutdown);
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

type Shutdown = ReturnType<typeof createShutdown>;

async function start(options: LocalStackOptions, shutdown: Shutdown): Promise<LocalStack> {
  const { dataDir, log, groupOf, onLocalRequest } = options;
  const resources = readResources(options.assemblyDir);
  const http = shutdown.add(await openHttpApi({ port: options.port, groupOf, onLocalRequest, log }));
  for (const { logicalId, created } of resources.ofType('AWS::ApiGatewayV2::Api')) {
    created({ ref: logicalId, attributes: { ApiId: logicalId, ApiEndpoint: http.url } });
  }
  const secrets = createSecretStore(join(dataDir, 'secrets.json'), SECRET_ARN_PREFIX);
  const schedules = shutdown.add(openScheduleStore(join(dataDir, 'schedules.sqlite')));
  createScheduleGroups(resources, schedules);
  nameRoles(resources);
  const events = createEventBuses(resources);
  const objects = createObjectEvents({ putEvent: events.put, log });
  const stores = { secrets, schedules, events };
  const { sqs, ...services } = await startServices(options, { stores, onObject: objects.tell }, shutdown);
  const endpoints = { ...services, sqs: sqs.endpoint };
  const [tableNames, queueUrls, buckets] = await Promise.all([
    createTables(resources, endpoints.dynamodb),
    createQueues(resources, endpoints.sqs),
    createBuckets(resources, endpoints.s3),
  ]);
  const targets = shutdown.add(createQueueTargets(endpoints.sqs, queueUrls));
  const publish = createTopics(resources, targets.to);
  events.connect(targets.to);
  objects.connect(buckets);
  createSecrets(resources, secrets, options.secrets ?? {});
  shutdown.add(fireSchedules({ schedules, queueUrls, sqsEndpoint: endpoints.sqs, log }));
  const functions = shutdown.add(
    createFunctions(resources, {
      variables: { ...endpointVariables(endpoints), ...options.environment },
      logFolder: join(dataDir, 'logs'),
      log,
    }),
  );
  const routes = readRoutes(resources, functions);
  http.serve(routes);
  const mappings = startEventSources(resources, {
    dynamodbEndpoint: endpoints.dynamodb,
    sqsEndpoint: endpoints.sqs,
    checkpointFolder: join(dataDir, 'streams'),
    queueUrls,
    functions,
    log,
  });
  shutdown.addDrain(async () => {
    const stopped = mappings.map((mapping) => mapping.stop());
    sqs.endLongPolls?.();
    await Promise.all([...stopped, functions.idle()]);
  });
  void prewarm([...routes.map(({ lambda }) => lambda), ...functions.all]);
  return {
    url: http.url,
    endpoints,
    resources: resources.physicalIds(),
    find: resources.find,
    tableNames,
    queueUrls,
    functionNames: functions.all.map(({ name }) => name),
    invoke: (name, event) => functions.find(name).invoke(event),
    putEvent: events.put,
    publish,
    putMail: createMailbox(endpoints.s3, () => resources.find('Mail')),
    putSecret: secrets.put,
    getSecret: (nameOrArn) => secrets.get(nameOrArn)?.value,
    stop: shutdown.run,
  };
}

/** One after the other, those that a client waits for first: all at once, they would only wait for each other. */
async function prewarm(functions: readonly LambdaFunction[]): Promise<void> {
  for (const fn of new Set(functions)) await fn.prewarm();
}

/** Starts what the outside does not provide, all at once: whatever is up when another fails is stopped with it. */
async function startServices(
  { dataDir, endpoints = {}, log }: LocalStackOptions,
  { stores, onObject }: { stores: Stores } & Pick<Required<FauxqsOptions>, 'onObject'>,
  shutdown: Shutdown,
) {
  const started = async <S extends { stop(): Promise<void> }>(service: S | Promise<S>) => shutdown.add(await service);
  const file = join(dataDir, 'dynamodb.sqlite');
  const queueDir = join(dataDir, 'sqs');
  const [dynamodb, ses, standIn, sqs] = await Promise.all([
    started(endpoints.dynamodb ? someoneElses(endpoints.dynamodb) : dynamodbEndpoint({ file, warn: log })),
    started(endpoints.ses ? someoneElses(endpoints.ses) : sesEndpoint()),
    started(startStandIn(stores)),
    started<SqsEmulator>(endpoints.sqs ? someoneElses(endpoints.sqs) : sqsEndpoint({ dataDir: queueDir, onObject })),
  ]);
  const s3 = await started(objectsEndpoint(sqs, onObject));
  const { endpoint } = standIn;
  return {
    dynamodb: dynamodb.endpoint,
    ses: ses.endpoint,
    secretsManager: endpoint,
    scheduler: endpoint,
    eventBridge: endpoint,
    s3: s3.endpoint,
    sqs,
  };
}

/** The variables by which every SDK client finds its service; those we do not run lead to a clear refusal, not to AWS. */
const endpointVariables = ({
  dynamodb,
  sqs,
  ses,
  secretsManager,
  scheduler,
  eventBridge,
  s3,
}: Endpoints): Record<string, string> => ({
  AWS_ENDPOINT_URL: secretsManager,
  AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
  AWS_ENDPOINT_URL_SQS: sqs,
  AWS_ENDPOINT_URL_SES: ses,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager,
  AWS_ENDPOINT_URL_SCHEDULER: scheduler,
  AWS_ENDPOINT_URL_EVENTBRIDGE: eventBridge,
  AWS_ENDPOINT_URL_S3: s3,
});
