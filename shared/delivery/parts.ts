import type { Touchpoint } from '../domain/touchpoint.ts';
import type { Provider, ProviderName } from '../providers/provider.ts';
import type { Ticker } from '../queue/ticks.ts';
import type { IdMaker } from '../runtime/ids.ts';
import type { SecretReader } from '../runtime/secrets.ts';
import type { ConfigurationReader } from '../store/configuration.ts';
import type { ConsentParts } from '../store/consent.ts';
import type { Pace } from './pace.ts';

export interface DeliverySettings {
  /** How long a claim keeps others away; longer than any provider call takes. */
  readonly leaseMs: number;
  /** How long evidence about an unclear attempt is awaited. */
  readonly unknownMs: number;
  readonly providerTimeoutMs: number;
  /** A message is claimed only with this much of the invocation left. */
  readonly minRemainingMs: number;
  /** Public base URL of this installation, without trailing slash. */
  readonly publicUrl: string;
}

/** What a provider's reports are applied with, whoever receives them. */
export interface ReportParts extends ConsentParts {
  readonly ticker: Ticker;
  readonly ids: IdMaker;
}

/** What a touchpoint function works with; made once, at load. */
export interface DeliveryParts extends ReportParts {
  readonly touchpoint: Touchpoint;
  readonly configuration: ConfigurationReader;
  readonly secrets: SecretReader;
  readonly providers: Readonly<Partial<Record<ProviderName, Provider>>>;
  readonly pace: Pace;
  /** A name for one invocation's claim, never used twice. */
  readonly newToken: () => string;
  readonly settings: DeliverySettings;
}
