import { type GenerateSecretString, generateSecret } from '../aws/generate-secret.ts';
import type { SecretStore } from '../aws/secret-store.ts';
import { arnOf } from './identity.ts';
import type { Resources } from './resources.ts';

interface SecretProperties {
  readonly Name?: string;
  readonly SecretString?: string;
  readonly GenerateSecretString?: GenerateSecretString;
}

export const SECRET_ARN_PREFIX = arnOf('secretsmanager', 'secret:');

/** Gives each secret its value: the preset one, else the one kept from an earlier run, else the template's. */
export function createSecrets(resources: Resources, store: SecretStore, preset: Record<string, string>): void {
  for (const [name, value] of Object.entries(preset)) store.put(name, value);
  for (const { logicalId, properties, created } of resources.ofType<SecretProperties>('AWS::SecretsManager::Secret')) {
    const { Name = logicalId, SecretString, GenerateSecretString = {} } = properties;
    const arn = store.get(Name)?.arn ?? store.put(Name, SecretString ?? generateSecret(GenerateSecretString));
    created({ ref: arn, attributes: { Id: arn } });
  }
}
