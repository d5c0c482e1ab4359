import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface SecretStore {
  /** Stores a value, new or changed, and answers the secret's ARN. */
  put(nameOrArn: string, value: string): string;
  get(nameOrArn: string): { name: string; arn: string; value: string } | undefined;
}

/** As a real ARN ends in a hyphen and six letters that the name does not have. */
const SUFFIX = '-local0';

/** Secrets by name or ARN, kept in one file that only its owner may read. */
export function createSecretStore(file: string, arnPrefix: string): SecretStore {
  const secrets = read(file);
  const nameOf = (nameOrArn: string) =>
    nameOrArn.startsWith(arnPrefix) ? nameOrArn.slice(arnPrefix.length).replace(SUFFIX, '') : nameOrArn;
  const arn = (name: string) => `${arnPrefix}${name}${SUFFIX}`;

  return {
    put(nameOrArn, value) {
      const name = nameOf(nameOrArn);
      if (secrets.get(name) !== value) {
        secrets.set(name, value);
        write(file, secrets);
      }
      return arn(name);
    },
    get(nameOrArn) {
      const name = nameOf(nameOrArn);
      const value = secrets.get(name);
      return value === undefined ? undefined : { name, arn: arn(name), value };
    },
  };
}

function read(file: string): Map<string, string> {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8'))));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
}

/** By rename, so that a run that is killed leaves the old secrets or the new ones, never half a file. */
function write(file: string, secrets: Map<string, string>): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(secrets), undefined, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
