import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createCache } from './cache.ts';
import { type Clock, systemClock } from './clock.ts';

const TTL_MS = 5 * 60_000;

export interface SecretReader {
  /** The secret as stored. */
  text(id: string): Promise<string>;
  /** A secret that holds a JSON object of strings. */
  fields(id: string): Promise<Readonly<Record<string, string>>>;
}

/** Reads Secrets Manager lazily and remembers for 5 minutes. Rejects with the SDK's error when a secret is missing. */
export function createSecretReader(client = new SecretsManagerClient({}), clock: Clock = systemClock): SecretReader {
  const cache = createCache(
    async (id) => {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
      if (!SecretString) throw new Error(`The secret ${id} holds no text.`);
      return SecretString;
    },
    TTL_MS,
    clock,
  );
  return {
    text: (id) => cache.get(id),
    fields: async (id) => JSON.parse(await cache.get(id)) as Record<string, string>,
  };
}
