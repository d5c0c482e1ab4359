import type { Message } from '../domain/message.ts';
import { pointTo } from '../store/pointers.ts';
import { applyDelivery } from './apply-delivery.ts';
import type { DeliveryParts } from './parts.ts';

/**
 * Has the provider's id stand for the message, where reports name nothing else, and applies those that came before.
 * Called whenever a delivery meets a finished message, so that one cut off in between is made good by its repetition.
 */
export async function linkReceipts(parts: DeliveryParts, message: Message): Promise<void> {
  const { id, conversation, key, attempt, service, providerId } = message;
  const provider = Object.values(parts.providers).find(({ name }) => name === message.provider);
  if (!provider?.needsPointer || !providerId || service === undefined) return;
  const correlation = { conversation, key, attempt, message: id };
  const named = { provider: provider.name, id: providerId };
  const parked = await pointTo(parts.table, named, correlation, parts.clock.now());
  for (const { organization = message.organization, ...report } of parked) {
    const reporter = { id: service, organization, type: provider.name };
    await applyDelivery(parts, reporter, { kind: 'delivery', providerId, correlation, ...report });
  }
}
