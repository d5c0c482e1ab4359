import { type DynoxideOptions, type Emulator, startDynoxide } from './dynoxide.ts';
import { type Fauxqs, type FauxqsOptions, startFauxqs } from './fauxqs.ts';
import { startSes } from './ses.ts';

export type SqsEmulator = Emulator & Partial<Pick<Fauxqs, 'endLongPolls' | 'hasObjects'>>;

/** An emulator that this process did not start and does not stop. */
export const someoneElses = (endpoint: string): Emulator => ({
  endpoint: endpoint.replace(/\/$/, ''),
  stop: async () => {},
});

/** The DynamoDB that `AWS_ENDPOINT_URL_DYNAMODB` names, else one of our own on this file. */
export async function dynamodbEndpoint(options: DynoxideOptions): Promise<Emulator> {
  const given = process.env.AWS_ENDPOINT_URL_DYNAMODB;
  return given ? someoneElses(given) : startDynoxide(options);
}

/** The SQS that `AWS_ENDPOINT_URL_SQS` names, else one of our own. */
export async function sqsEndpoint(options: FauxqsOptions = {}): Promise<SqsEmulator> {
  const given = process.env.AWS_ENDPOINT_URL_SQS;
  return given ? someoneElses(given) : startFauxqs(options);
}

/** The SES that `AWS_ENDPOINT_URL_SES` names, else one of our own. */
export async function sesEndpoint(): Promise<Emulator> {
  const given = process.env.AWS_ENDPOINT_URL_SES;
  return given ? someoneElses(given) : startSes();
}

/** The S3 that `AWS_ENDPOINT_URL_S3` names, else the one beside our own SQS, else one of our own. Only ours tells of objects. */
export async function objectsEndpoint(sqs: SqsEmulator, onObject?: FauxqsOptions['onObject']): Promise<Emulator> {
  const given = process.env.AWS_ENDPOINT_URL_S3;
  if (given) return someoneElses(given);
  return sqs.hasObjects ? someoneElses(sqs.endpoint) : startFauxqs({ ...(onObject && { onObject }) });
}
