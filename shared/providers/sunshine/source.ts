/** Sunshine's word for a channel → ours. Undefined for channels that are none of our touchpoints. */
export function touchpointOf(channel: string | undefined): 'sms' | 'whatsapp' | undefined {
  if (channel === 'whatsapp') return 'whatsapp';
  return channel === 'twilio' || channel === 'messagebird' ? 'sms' : undefined;
}

/** A channel's id of a person as E.164; undefined where it is no telephone number. */
export function telephoneOf(externalId: string | null | undefined): string | undefined {
  const [, digits] = /^\+?(\d{5,15})$/.exec((externalId ?? '').replaceAll(/[ ()-]/g, '')) ?? [];
  return digits && `+${digits}`;
}
