import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { openFunctionLog } from './function-log.ts';
import { arnOf, CREDENTIALS, plainName, REGION } from './identity.ts';
import { createLambdaFunction, type LambdaFunction } from './lambda-function.ts';
import { type Permission, readPermissions } from './permissions.ts';
import type { Declared, Resources } from './resources.ts';
import { createTurns, type Turns } from './turns.ts';

interface FunctionProperties {
  readonly FunctionName?: string;
  readonly Code: { readonly S3Key?: string };
  readonly Handler: string;
  readonly Role: string;
  readonly Runtime: string;
  readonly MemorySize?: number;
  readonly Timeout?: number;
  readonly ReservedConcurrentExecutions?: number;
  readonly Environment?: { readonly Variables?: Record<string, string> };
}

export interface FunctionSurroundings {
  /** Added to what the template gives each function: endpoints, providers' base URLs. */
  readonly variables: Readonly<Record<string, string>>;
  readonly logFolder: string;
  log(line: string): void;
}

export interface Functions {
  readonly all: readonly LambdaFunction[];
  /** By name or ARN. Throws when the assembly has no such function. */
  find(nameOrArn: string): LambdaFunction;
  /** Resolves when no function is at work. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

const DEFAULT_CONCURRENCY = 8;
const IDLE_POLL_MS = 10;

/** Makes every function of the assembly ready to be invoked, each in a pool of threads of its own. */
export function createFunctions(resources: Resources, surroundings: FunctionSurroundings): Functions {
  const declared = resources.ofType<FunctionProperties>('AWS::Lambda::Function');
  for (const { logicalId, properties, created } of declared) {
    const name = properties.FunctionName ?? logicalId;
    created({ ref: name, attributes: { Arn: arnOf('lambda', `function:${name}`) } });
  }
  const turns = createTurns(availableParallelism());
  const permissionsOf = readPermissions(resources);
  const opened = declared.map((fn) => openFunction(fn, { ...surroundings, turns, permissionsOf }));
  const all = opened.map(({ lambda }) => lambda);
  return {
    all,
    find(nameOrArn) {
      const found = all.find(({ name, arn }) => name === nameOrArn || arn === nameOrArn);
      if (!found) throw new Error(`The assembly has no function ${nameOrArn}.`);
      return found;
    },
    async idle() {
      while (all.some((lambda) => lambda.running() > 0)) await delay(IDLE_POLL_MS);
    },
    stop: async () => void (await Promise.all(opened.map(({ stop }) => stop()))),
  };
}

interface Opening extends FunctionSurroundings {
  readonly turns: Turns;
  permissionsOf(roleArn: string): readonly Permission[];
}

function openFunction(declared: Declared<FunctionProperties>, surroundings: Opening) {
  const { properties } = declared;
  const { turns, permissionsOf } = surroundings;
  const name = properties.FunctionName ?? declared.logicalId;
  const arn = arnOf('lambda', `function:${name}`);
  if (!properties.Code.S3Key) throw new Error(`The code of function ${name} is not an asset of the assembly.`);
  const folder = declared.stack.assetFolder(properties.Code.S3Key);
  const { moduleUrl, exportName } = locateHandler(folder, properties.Handler, name);
  const memoryMb = properties.MemorySize ?? 128;
  const label = plainName(name);
  const log = openFunctionLog(surroundings.logFolder, label, surroundings.log);
  const lambda = createLambdaFunction({
    setup: {
      moduleUrl,
      exportName,
      functionName: name,
      functionArn: arn,
      memoryMb,
      permissions: permissionsOf(properties.Role),
    },
    variables: { ...platformVariables(name, folder, properties), ...surroundings.variables },
    timeoutMs: (properties.Timeout ?? 3) * 1000,
    maxConcurrency: properties.ReservedConcurrentExecutions ?? DEFAULT_CONCURRENCY,
    turns,
    write: log.write,
    onFailure: (error) => {
      log.note(`${error.errorType}: ${error.stack}`);
      surroundings.log(`${label} failed: ${error.errorType}: ${error.message}`);
    },
  });
  const stop = async () => {
    await lambda.stop();
    await log.close();
  };
  return { lambda, stop };
}

/** `index.handler` is the export `handler` of `index.mjs`, `index.js` or `index.cjs`. */
function locateHandler(folder: string, handler: string, functionName: string) {
  const dot = handler.lastIndexOf('.');
  const file = ['.mjs', '.js', '.cjs']
    .map((extension) => join(folder, handler.slice(0, dot) + extension))
    .find(existsSync);
  if (!file) throw new Error(`The handler ${handler} of function ${functionName} is not in ${folder}.`);
  return { moduleUrl: pathToFileURL(file).href, exportName: handler.slice(dot + 1) };
}

function platformVariables(name: string, folder: string, properties: FunctionProperties): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_EXECUTION_ENV: `AWS_Lambda_${properties.Runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties.MemorySize ?? 128),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    LAMBDA_TASK_ROOT: folder,
    _HANDLER: properties.Handler,
    ...properties.Environment?.Variables,
  };
}
