import { type GenerateSecretString, generateSecret } from '../aws/generate-secret.ts';
import type { SecretStore } from '../aws/secret-store.ts';
import { arnOf, plainName } from './identity.ts';
import type { Resources } from './resources.ts';

interface SecretProperties {
  readonly Name?: string;
  readonly SecretString?: string;
  readonly GenerateSecretString?: GenerateSecretString;
}

export const SECRET_ARN_PREFIX = arnOf('secretsmanager', 'secret:');

/**
 * Gives each secret its value: the preset one (by name, or logical id with or without its hash), else the one kept from
 * an earlier run, else the template's. Presets for secrets that no template has are stored too.
 */
export function createSecrets(resources: Resources, store: SecretStore, preset: Record<string, string>): void {
  const left = new Map(Object.entries(preset));
  for (const { logicalId, properties, created } of resources.ofType<SecretProperties>('AWS::SecretsManager::Secret')) {
    const { Name = logicalId, SecretString, GenerateSecretString = {} } = properties;
    const given = [Name, logicalId, plainName(logicalId)].find((name) => left.has(name));
    if (given) store.put(Name, left.get(given) ?? '');
    if (given) left.delete(given);
    const arn = store.get(Name)?.arn ?? store.put(Name, SecretString ?? generateSecret(GenerateSecretString));
    created({ ref: arn, attributes: { Id: arn } });
  }
  for (const [name, value] of left) store.put(name, value);
}
