import { RequestError } from '../domain/errors.ts';
import { type ConfigurationReader, type OrganizationConfiguration, REFUSING_MS } from '../store/configuration.ts';

/**
 * What `judge` says by the configuration that is known; where it refuses, by the configuration as it is now. A template
 * or a service that another function or environment made a moment ago is not refused.
 */
export async function judgeBy<T>(
  { configuration: reader }: { readonly configuration: ConfigurationReader },
  known: OrganizationConfiguration,
  judge: (configuration: OrganizationConfiguration) => T,
): Promise<T> {
  try {
    return judge(known);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const now = await reader.organization(known.organization.id, REFUSING_MS);
    if (!now || now === known) throw error;
    return judge(now);
  }
}
