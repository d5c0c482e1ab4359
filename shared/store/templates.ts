import { createHash } from 'node:crypto';
import type { DeliveryError } from '../domain/message.ts';
import type { TemplateUse } from '../domain/template-use.ts';
import { statusAfterRefusal } from '../domain/wa-template-status.ts';
import { type Condition, equals, exists } from './expression.ts';
import { templateKey } from './keys.ts';
import { type Table, updateItem } from './table.ts';

/** Names one template of one organization; at most one has a name in a language. */
export interface TemplateName {
  readonly organization: string;
  readonly name: string;
  /** In the provider's spelling. */
  readonly language: string;
}

/** The id follows from the name, so that whoever stores a template, or stores it again, gives it the same. */
export const templateIdOf = ({ organization, name, language }: TemplateName): string =>
  createHash('sha256').update([organization, name, language].join('\n')).digest('hex').slice(0, 24);

export interface StatusChange {
  readonly status: string;
  readonly reason?: string | undefined;
  readonly now: number;
}

/** Changes the status of a template that is stored; false when there is none, or a condition does not hold. */
export async function setTemplateStatus(
  table: Table,
  { organization, name, language }: TemplateName,
  { status, reason, now }: StatusChange,
  ...conditions: readonly Condition[]
): Promise<boolean> {
  const outcome = await updateItem(
    table,
    templateKey(organization, name, language),
    { set: { status, reason, updatedAt: now }, ...(reason === undefined && { remove: ['reason'] }) },
    exists('pk'),
    ...conditions,
  );
  return outcome.done;
}

/** A provider refused to send a template because it is off: no other message has to find that out by failing. */
export const turnOffTemplate = (
  table: Table,
  organization: string,
  { name, language }: Pick<TemplateUse, 'name' | 'language'>,
  by: { error: Pick<DeliveryError, 'code' | 'message'>; now: number },
): Promise<boolean> =>
  setTemplateStatus(
    table,
    { organization, name, language },
    { status: statusAfterRefusal(by.error.code), reason: by.error.message, now: by.now },
    equals('status', 'APPROVED'),
  );
