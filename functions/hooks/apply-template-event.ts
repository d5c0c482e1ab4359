import type { Service } from '../../shared/contracts/configuration.ts';
import { statusAfter } from '../../shared/domain/wa-template-status.ts';
import type { TemplateEvent } from '../../shared/providers/provider.ts';
import { setTemplateStatus } from '../../shared/store/templates.ts';
import type { HookParts } from './parts.ts';

/**
 * The provider decided about a template of the service's organization. One that is not stored stays so: of what it
 * says nothing is told here, so it could not be sent; the next sync brings it.
 */
export async function applyTemplateEvent(
  { table, clock, observe }: HookParts,
  service: Service,
  event: TemplateEvent,
): Promise<void> {
  const { name, language, reason } = event;
  const { organization } = service;
  const status = statusAfter(event.status);
  const isChanged =
    status !== undefined &&
    (await setTemplateStatus(table, { organization, name, language }, { status, reason, now: clock.now() }));
  if (!isChanged) observe.count('EventIgnored');
}
