import { parseEmailAddress } from '../../../shared/domain/email-address.ts';
import { invalid } from '../../../shared/domain/errors.ts';
import { parseTelephone } from '../../../shared/domain/telephone.ts';
import type { Touchpoint } from '../../../shared/domain/touchpoint.ts';
import type { Endpoint } from './endpoint.ts';

/** An address that a contact can have. */
export interface EndpointAddress {
  readonly kind: 'email' | 'telephone';
  readonly address: string;
  readonly matchKey: string;
}

/** Whose address it is, and whether they may be written to. */
export interface DescribedEndpoint {
  readonly address: EndpointAddress;
  /** False where Pinpoint sends nothing to it, because another endpoint has its address now, or because it was told to. */
  readonly isActive: boolean;
  /** Where they want nothing any more; empty where they did not say so. */
  readonly optedOut: readonly Touchpoint[];
  /** When Pinpoint changed the endpoint last, epoch milliseconds. */
  readonly changedAt?: number;
}

/**
 * By channel, what kind of address it has and where "no messages at all" holds. Push, in-app and custom channels have no
 * address that anybody can be found by here.
 */
const CHANNELS: ReadonlyMap<string, { kind: EndpointAddress['kind']; touchpoints: readonly Touchpoint[] }> = new Map([
  ['EMAIL', { kind: 'email', touchpoints: ['email'] }],
  ['SMS', { kind: 'telephone', touchpoints: ['sms', 'whatsapp'] }],
  ['VOICE', { kind: 'telephone', touchpoints: ['sms', 'whatsapp'] }],
]);

/** Throws 400 naming the field: another channel, an address that is none, a consent that is neither ALL nor NONE. */
export function describeEndpoint(endpoint: Endpoint): DescribedEndpoint {
  const { ChannelType, Address, OptOut = 'NONE', EndpointStatus = 'ACTIVE', EffectiveDate = '' } = endpoint;
  const channel = CHANNELS.get(ChannelType ?? '');
  if (!channel) throw invalid('ChannelType', `is none of ${[...CHANNELS.keys()].join(', ')}`);
  if (Address === undefined) throw invalid('Address', 'is required');
  if (OptOut !== 'ALL' && OptOut !== 'NONE') throw invalid('OptOut', 'must be ALL or NONE');
  const changedAt = Date.parse(EffectiveDate);
  return {
    address: readAddress(channel.kind, Address),
    isActive: EndpointStatus === 'ACTIVE',
    optedOut: OptOut === 'ALL' ? channel.touchpoints : [],
    ...(!Number.isNaN(changedAt) && { changedAt }),
  };
}

/** Numbers without a country code are refused: whose they would be is a guess. */
function readAddress(kind: EndpointAddress['kind'], text: string): EndpointAddress {
  const parsed = kind === 'email' ? parseEmailAddress(text) : parseTelephone(text);
  if (!parsed.ok) throw invalid('Address', parsed.reason);
  return { kind, address: 'e164' in parsed ? parsed.e164 : parsed.address, matchKey: parsed.matchKey };
}
