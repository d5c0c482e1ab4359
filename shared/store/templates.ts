import { createHash } from 'node:crypto';
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { type Template, TemplateSchema } from '../contracts/configuration.ts';
import type { DeliveryError } from '../domain/message.ts';
import type { TemplateUse } from '../domain/template-use.ts';
import { statusAfterRefusal } from '../domain/wa-template-status.ts';
import { locateById } from './by-id.ts';
import { absent, type Condition, equals, exists } from './expression.ts';
import { organizationPk, TEMPLATE_PREFIX, templateKey } from './keys.ts';
import { queryAll } from './query-all.ts';
import { type Item, putItem, type Table, updateItem } from './table.ts';

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

const keyOf = ({ organization, name, language }: TemplateName) => templateKey(organization, name, language);
const itemOf = (template: Template): Item => ({ ...keyOf(template), ...template, id: templateIdOf(template) });

/** Stores a template, whatever stood there. */
export async function putTemplate(table: Table, template: Template): Promise<void> {
  await table.client.send(new PutCommand({ TableName: table.name, Item: itemOf(template) }));
}

/** Stores a template unless it changed since it was seen, or was made where none was. */
export const replaceTemplate = (table: Table, template: Template, seen: Template | undefined): Promise<boolean> =>
  putItem(table, itemOf(template), unchangedSince(seen));

const unchangedSince = (seen: Template | undefined): Condition => {
  if (seen === undefined) return absent('pk');
  return seen.updatedAt === undefined ? absent('updatedAt') : equals('updatedAt', seen.updatedAt);
};

export async function deleteTemplate(table: Table, name: TemplateName): Promise<void> {
  await table.client.send(new DeleteCommand({ TableName: table.name, Key: { ...keyOf(name) } }));
}

/** An organization's templates by name and language. Consistent. */
export async function listTemplates(table: Table, organization: string): Promise<Template[]> {
  const items = await queryAll(table, {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': organizationPk(organization), ':prefix': TEMPLATE_PREFIX },
    ConsistentRead: true,
  });
  return items.map((item) => TemplateSchema.parse(item));
}

/** Undefined when there is no such template. Consistent. */
export async function getTemplate(table: Table, name: TemplateName): Promise<Template | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { ...keyOf(name) }, ConsistentRead: true }),
  );
  return Item && TemplateSchema.parse(Item);
}

/** A template by its id; undefined when it is unknown. The index may lag behind by moments. */
export async function findTemplate(table: Table, id: string): Promise<Template | undefined> {
  const key = await locateById(table, id);
  if (!key?.sk.startsWith(TEMPLATE_PREFIX)) return undefined;
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { ...key }, ConsistentRead: true }),
  );
  return Item && TemplateSchema.parse(Item);
}

export interface StatusChange {
  readonly status: string;
  readonly reason?: string | undefined;
  readonly now: number;
}

/** Changes the status of a template that is stored; false when there is none, or a condition does not hold. */
export async function setTemplateStatus(
  table: Table,
  template: TemplateName,
  { status, reason, now }: StatusChange,
  ...conditions: readonly Condition[]
): Promise<boolean> {
  const outcome = await updateItem(
    table,
    keyOf(template),
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
