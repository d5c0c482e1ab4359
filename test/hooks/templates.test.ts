import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHooks } from '../../functions/hooks/serve.ts';
import type { Message } from '../../shared/domain/message.ts';
import type { HttpRequest } from '../../shared/http/handler.ts';
import { createConfigurationReader } from '../../shared/store/configuration.ts';
import type { Table } from '../../shared/store/table.ts';
import { createSetting, type Setting } from '../delivery/setting.ts';
import { NOW, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { metaStatus, metaTemplateStatus, metaWebhook } from './requests.ts';

let emulator: TestTable;
let table: Table;
let setting: Setting;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());
beforeEach(async () => {
  setting = await createSetting(table);
});

const call = (request: HttpRequest) => createHooks(setting.hooks)(request);
const told = (event: string, more: object = {}) => call(metaTemplateStatus(setting.services.whatsapp, event, more));
const stored = async (of: Setting = setting) => {
  const { templates = [] } = (await createConfigurationReader(table, of.clock).organization(of.organization)) ?? {};
  return templates.map(({ name, language, status, reason }) => [name, language, status, reason]);
};
const ignored = () => setting.observe.counts.get('EventIgnored') ?? 0;

describe('what Meta decides about a template', () => {
  it.each([
    ['PAUSED', 'PAUSED'],
    ['DISABLED', 'DISABLED'],
    ['REJECTED', 'REJECTED'],
    ['DELETED', 'DELETED'],
    ['REINSTATED', 'APPROVED'],
  ])('%s makes it %s', async (event, status) => {
    await told('PENDING');
    expect((await told(event, { reason: 'SCAM' })).statusCode).toBe(200);
    expect(await stored()).toEqual([['car_ready', 'nl', status, 'SCAM']]);
  });

  it('forgets the reason of what it was before', async () => {
    await told('REJECTED', { reason: 'SCAM' });
    await told('APPROVED');
    expect(await stored()).toEqual([['car_ready', 'nl', 'APPROVED', undefined]]);
  });

  it.each(['FLAGGED', 'LOCKED', 'UNARCHIVED', 'CELEBRATED'])('%s leaves it as it is, and is counted', async (event) => {
    await told(event, { reason: 'SCAM' });
    expect(await stored()).toEqual([['car_ready', 'nl', 'APPROVED', undefined]]);
    expect(ignored()).toBe(1);
  });

  it('makes no template of one that is not stored, and is counted', async () => {
    await told('APPROVED', { message_template_name: 'another' });
    expect(await stored()).toEqual([['car_ready', 'nl', 'APPROVED', undefined]]);
    expect(ignored()).toBe(1);
  });

  it('concerns no template of another organization', async () => {
    const theirs = await createSetting(table);
    await told('PAUSED');
    expect(await stored(theirs)).toEqual([['car_ready', 'nl', 'APPROVED', undefined]]);
  });
});

it('a report that a message failed because its template is off turns it off', async () => {
  const template = { name: 'car_ready', language: 'nl', parameters: ['John'] };
  const { messages } = await setting.given({}, { touchpoint: 'whatsapp', state: 'sent', template });
  const failed = metaStatus(correlationOf(messages[0]), 'failed', {
    errors: [{ code: 132016, error_data: { details: 'Template is disabled' } }],
  });
  await call(metaWebhook(setting.services.whatsapp, { statuses: [failed] }));
  expect(await stored()).toEqual([['car_ready', 'nl', 'DISABLED', 'Template is disabled']]);
  expect((await setting.message(messages[0])).receipt).toEqual({ status: 'failed', at: NOW });
});

const correlationOf = ({ conversation, key, attempt, id }: Message) => ({ conversation, key, attempt, message: id });
