/** Who the local run claims to be: the account, region and credentials that every emulator accepts. */
export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
export const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** For example `arnOf('sqs', 'ticks')` or `arnOf('lambda', 'function:api')`. */
export const arnOf = (service: string, resource: string): string =>
  `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

export const clientConfig = (endpoint: string) => ({ endpoint, region: REGION, credentials: CREDENTIALS });

/** A logical id without the eight digits that CDK appends: what people call the resource. */
export const plainName = (logicalId: string): string => logicalId.replace(/(?<=.)[0-9A-F]{8}$/, '');
