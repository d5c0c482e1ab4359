/** What differs between stages, and nothing else: every number a stage may set, with its unit in its name. */

export const STAGES = ['dev', 'staging', 'prod', 'local'] as const;
export type Stage = (typeof STAGES)[number];

export const QUEUES = ['ticks', 'email', 'sms', 'whatsapp', 'receipts', 'sweep', 'webhooks', 'ingress'] as const;
export type QueueName = (typeof QUEUES)[number];

/** A domain of the operator's, with its certificate of AWS Certificate Manager. */
export interface CustomDomain {
  readonly name: string;
  readonly certificateArn: string;
}

export interface StageSettings {
  /** A claim holds a message this long: longer than a function lives, so that no live send is taken over. */
  readonly leaseMs: number;
  /** How long an unclear send waits for the provider's callback before the touchpoint's policy decides. */
  readonly unknownMs: number;
  /** One provider call; shorter than what `minRemainingMs` leaves, so that its outcome can still be recorded. */
  readonly providerTimeoutMs: number;
  /** Nothing is claimed with less of the invocation left: the provider call and the write after it must fit. */
  readonly minRemainingMs: number;
  /** WhatsApp takes one message from a number to a person in this time (Meta, pair rate limit). */
  readonly pairMs: number;
  /** How long the direct tick has to do its work before the sweeper looks: shorter costs reads, longer delays repair. */
  readonly sweepDelaySeconds: number;
  /** Longest hop of a tick through its queue: SQS delays 900 s at most. Shorter hops reach the schedules sooner. */
  readonly hopSeconds: number;
  /** The worker puts a tick further ahead than this into a schedule. */
  readonly scheduleFromSeconds: number;
  /** A schedule fires this long before the moment: EventBridge Scheduler keeps the minute, not the second. */
  readonly scheduleLeadSeconds: number;
  /** A client waits for it; under API Gateway's 30 s, and part of the order rule's search range (design section 5). */
  readonly apiTimeoutSeconds: number;
  /** A client waits for up to 1,000 items; under API Gateway's 30 s. */
  readonly bulkTimeoutSeconds: number;
  /** A bulk request begins no item with less of its time left: one that meets others may take 3 s. */
  readonly bulkReserveSeconds: number;
  /** Worker, touchpoints, hooks, sweeper: two provider calls one after the other, and the writes around them. */
  readonly functionTimeoutSeconds: number;
  /** Ingest begins no row with less of its time left: the rows at work, and what became of all, must be stored. */
  readonly importReserveMs: number;
  /** AWS asks for 6 times the function's timeout, so that throttled batches are not received twice. */
  readonly queueVisibilitySeconds: number;
  /** Receives before the DLQ takes a message: a deployment's bad minutes pass, a poisoned message does not. */
  readonly maxReceiveCount: number;
  /** Concurrent invocations per queue: the pace towards each provider, and what protects the account's quota. */
  readonly maxConcurrency: Readonly<Record<QueueName, number>>;
  /** How old configuration and users may be in a function's memory: shorter costs a read unit or two per environment. */
  readonly rememberMs: number;
  /** The stream's batch fills this long: fewer, fuller queue messages. It is no delay (a full batch fires at once). */
  readonly streamWindowSeconds: number;
  /** The same for the function that tells of what changed: what it costs in invocations, lists and webhooks are late by. */
  readonly publishWindowSeconds: number;
  /** One request to a webhook, its answer included (contract section 9). */
  readonly webhookTimeoutMs: number;
  /** No webhook is asked with less of the invocation left. */
  readonly webhookMinRemainingMs: number;
  /** Until a webhook is asked again for the first time; doubled from then on. */
  readonly webhookFirstMs: number;
  /** Receivers are told that they may have to wait an hour. */
  readonly webhookLongestMs: number;
  /** What a webhook does not take in this time is given up, and kept for 30 days. */
  readonly webhookGiveUpMs: number;
  /** A webhook that fails for so long without a success is disabled. */
  readonly webhookFailingMs: number;
  /** Webhooks may be on this machine. Never where others have theirs. */
  readonly webhooksOnLoopback: boolean;
  /** Steady requests per second at the front door: about 1,000 messages/s with the callbacks they cause. */
  readonly apiRatePerSecond: number;
  /** Requests at once before API Gateway answers 429; above the 1,000 parallel starts that the design promises. */
  readonly apiBurstRequests: number;
  /** Logs hold no personal data, but they cost; a month covers an incident's review. */
  readonly logRetentionDays: 7 | 30;
  /** Logs are kept in a bucket of the data stack besides, for so long. Default: they are not. */
  readonly logArchiveDays?: number;
  /** How far back the table can be restored: also how long deleted contacts live on in backups. */
  readonly tableRecoveryDays: number;
  /** Table, token key and logs outlive their stack, which refuses to be deleted. The pepper always does. */
  readonly keepsData: boolean;
  /** Mails to this domain are received by SES and kept in the bucket for mail. Default: none are. */
  readonly inboundMailDomain?: string;
  /** The API answers at this domain alone; the certificate is of the stage's region. Default: API Gateway's own address. */
  readonly domain?: CustomDomain;
  /**
   * CloudFront with a firewall before `domain`: callers use this name, and its certificate is of us-east-1. One address may
   * make `requestsPerFiveMinutes`. Default: none; API Gateway's throttle and the tokens' rates are what there is.
   */
  readonly edge?: CustomDomain & { readonly requestsPerFiveMinutes: number };
  /** Table, buckets and generated secrets are encrypted under a key of the account's own: $1 a month, and its requests. */
  readonly customerKey: boolean;
  /** Told of every alarm. Default: nobody, until somebody subscribes to the topic `AlarmTopicArn`. */
  readonly alarmEmail?: string;
  /** Concurrent executions that Lambda gives the account in this region. */
  readonly accountConcurrency: number;
  /** Rules of other buses of this account, by their ARNs, that may put requests on queue `ingress`. Default: none may. */
  readonly ingressRules?: readonly string[];
  /** Where people open conversations (links in notifications), without a slash at the end. Default: the API's endpoint. */
  readonly appUrl?: string;
}

const deployed: StageSettings = {
  leaseMs: 45_000,
  unknownMs: 120_000,
  providerTimeoutMs: 10_000,
  minRemainingMs: 13_000,
  pairMs: 6_000,
  sweepDelaySeconds: 60,
  hopSeconds: 900,
  scheduleFromSeconds: 1_800,
  scheduleLeadSeconds: 90,
  apiTimeoutSeconds: 10,
  bulkTimeoutSeconds: 29,
  bulkReserveSeconds: 4,
  functionTimeoutSeconds: 30,
  importReserveMs: 10_000,
  queueVisibilitySeconds: 180,
  maxReceiveCount: 6,
  maxConcurrency: { ticks: 50, email: 10, sms: 10, whatsapp: 10, receipts: 10, sweep: 2, webhooks: 10, ingress: 10 },
  rememberMs: 60_000,
  streamWindowSeconds: 5,
  publishWindowSeconds: 1,
  webhookTimeoutMs: 20_000,
  webhookMinRemainingMs: 22_000,
  webhookFirstMs: 5_000,
  webhookLongestMs: 3_600_000,
  webhookGiveUpMs: 24 * 3_600_000,
  webhookFailingMs: 5 * 24 * 3_600_000,
  webhooksOnLoopback: false,
  apiRatePerSecond: 4_000,
  apiBurstRequests: 4_000,
  logRetentionDays: 30,
  tableRecoveryDays: 35,
  keepsData: true,
  customerKey: false,
  accountConcurrency: 1_000,
};

export const stages: Readonly<Record<Stage, StageSettings>> = {
  dev: { ...deployed, logRetentionDays: 7, tableRecoveryDays: 7, keepsData: false },
  staging: deployed,
  prod: { ...deployed, logArchiveDays: 365 },
  local: {
    ...deployed,
    leaseMs: 4_000,
    unknownMs: 3_000,
    providerTimeoutMs: 1_500,
    minRemainingMs: 2_000,
    pairMs: 200,
    sweepDelaySeconds: 3,
    hopSeconds: 10,
    scheduleFromSeconds: 20,
    scheduleLeadSeconds: 5,
    functionTimeoutSeconds: 6,
    importReserveMs: 3_500,
    queueVisibilitySeconds: 7,
    maxReceiveCount: 5,
    maxConcurrency: { ticks: 4, email: 4, sms: 4, whatsapp: 4, receipts: 4, sweep: 2, webhooks: 4, ingress: 4 },
    rememberMs: 1_000,
    streamWindowSeconds: 1,
    publishWindowSeconds: 0,
    webhookTimeoutMs: 2_000,
    webhookMinRemainingMs: 3_000,
    webhookFirstMs: 1_000,
    webhookLongestMs: 60_000,
    webhookGiveUpMs: 24 * 60_000,
    webhookFailingMs: 2 * 3_600_000,
    webhooksOnLoopback: true,
    logRetentionDays: 7,
    tableRecoveryDays: 7,
    keepsData: false,
  },
};

/**
 * Reads a stage's name as given on the command line or in the environment.
 * @throws Error with one sentence naming the stages, when it is none of them.
 */
export function toStage(name: string): Stage {
  const stage = STAGES.find((known) => known === name);
  if (!stage) throw new Error(`Unknown stage "${name}": choose one of ${STAGES.join(', ')}.`);
  return stage;
}
