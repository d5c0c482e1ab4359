import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ChannelSchema,
  OrganizationSchema,
  ServiceSchema,
  TemplateSchema,
} from '../../shared/contracts/configuration.ts';
import { createDocumentClient } from '../../shared/runtime/clients.ts';
import {
  createConfigurationReader,
  putChannel,
  putOrganization,
  putService,
} from '../../shared/store/configuration.ts';
import { organizationKey } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';
import { putTemplate } from '../../shared/store/templates.ts';
import { createFakeClock, newId, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';

let emulator: TestTable;
let table: Table;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());

const TTL_MS = 60_000;
const organizationNamed = (id: string, name: string) => putOrganization(table, OrganizationSchema.parse({ id, name }));
const serviceOf = (organization: string, id = newId()) =>
  ServiceSchema.parse({ id, organization, type: 'twilio', params: { from: '+15550001111' } });

describe('the configuration of an organization', () => {
  it('is all of it: the organization, services, channels and templates', async () => {
    const id = newId();
    const service = serviceOf(id);
    const channel = ChannelSchema.parse({ id: newId(), organization: id, name: 'Front desk' });
    const template = TemplateSchema.parse({
      organization: id,
      name: 'hello',
      language: 'nl',
      text: 'Hallo',
      status: 'APPROVED',
    });
    await putOrganization(table, OrganizationSchema.parse({ id, name: 'Garage', path: `root#${id}`, country: 'NL' }));
    await putService(table, service);
    await putChannel(table, channel);
    await putTemplate(table, template);
    const reader = createConfigurationReader(table, createFakeClock());
    expect(await reader.organization(id)).toMatchObject({
      organization: { id, name: 'Garage', path: `root#${id}`, country: 'NL' },
      services: [service],
      channels: [channel],
      templates: [{ name: 'hello', language: 'nl', status: 'APPROVED' }],
    });
    expect(await reader.service(service.id)).toEqual(service);
  });

  it('has the organization’s own id for its path where none is stored', async () => {
    const id = newId();
    await organizationNamed(id, 'Root');
    expect((await createConfigurationReader(table, createFakeClock()).organization(id))?.organization.path).toBe(id);
  });

  it('is none for an organization or a service that is not there', async () => {
    const reader = createConfigurationReader(table, createFakeClock());
    expect(await reader.organization(newId())).toBeUndefined();
    expect(await reader.service(newId())).toBeUndefined();
  });

  it('is remembered for a minute, then read again', async () => {
    const id = newId();
    const clock = createFakeClock();
    const reader = createConfigurationReader(table, clock);
    const name = async () => (await reader.organization(id))?.organization.name;
    await organizationNamed(id, 'Before');
    expect(await name()).toBe('Before');
    await organizationNamed(id, 'After');
    clock.advance(TTL_MS - 1);
    expect(await name()).toBe('Before');
    clock.advance(1);
    expect(await name()).toBe('After');
  });

  it('that is not there yet is looked for again at once', async () => {
    const id = newId();
    const reader = createConfigurationReader(table, createFakeClock());
    expect(await reader.organization(id)).toBeUndefined();
    await organizationNamed(id, 'Made just now');
    expect((await reader.organization(id))?.organization.name).toBe('Made just now');
  });

  it('is younger for who may not refuse by an old one', async () => {
    const id = newId();
    const clock = createFakeClock();
    const reader = createConfigurationReader(table, clock);
    await organizationNamed(id, 'Before');
    await reader.organization(id);
    await organizationNamed(id, 'After');
    const name = async () => (await reader.organization(id, 1_000))?.organization.name;
    clock.advance(999);
    expect(await name()).toBe('Before');
    clock.advance(1);
    expect(await name()).toBe('After');
    expect((await reader.organization(id))?.organization.name).toBe('After');
  });

  it('is found for a service that was made just now, a second after its organization was read', async () => {
    const id = newId();
    const clock = createFakeClock();
    const reader = createConfigurationReader(table, clock);
    await organizationNamed(id, 'Garage');
    await reader.organization(id);
    const service = serviceOf(id);
    await putService(table, service);
    clock.advance(1_000);
    expect(await reader.service(service.id)).toEqual(service);
  });

  it('is read once for all who ask at the same time', async () => {
    const client = createDocumentClient(new DynamoDBClient({ region: 'us-east-1' }));
    const mock = mockClient(client);
    mock.on(QueryCommand).resolves({ Items: [{ ...organizationKey('o'), id: 'o', name: 'Garage' }] });
    const reader = createConfigurationReader({ client, name: 'x' }, createFakeClock());
    await Promise.all([reader.organization('o'), reader.organization('o'), reader.organization('o')]);
    expect(mock.commandCalls(QueryCommand)).toHaveLength(1);
  });

  it('is read again after a read that failed, and over all pages', async () => {
    const client = createDocumentClient(new DynamoDBClient({ region: 'us-east-1' }));
    const channel = { pk: 'O#o', sk: 'H#c', id: 'c', organization: 'o' };
    mockClient(client)
      .on(QueryCommand)
      .rejectsOnce(new Error('lost'))
      .resolvesOnce({
        Items: [{ ...organizationKey('o'), id: 'o', name: 'Garage' }],
        LastEvaluatedKey: { pk: 'O#o', sk: '@' },
      })
      .resolvesOnce({ Items: [channel] });
    const reader = createConfigurationReader({ client, name: 'x' }, createFakeClock());
    await expect(reader.organization('o')).rejects.toThrow('lost');
    expect((await reader.organization('o'))?.channels).toHaveLength(1);
  });
});

describe('the settings that spare contacts', () => {
  const settingsOf = (settings: object) =>
    OrganizationSchema.safeParse({ id: 'garage', name: 'Garage', settings }).data?.settings;
  const quietHours = { start: '21:00', end: '08:00' };
  const frequencyCap = { messages: 3, perHours: 24 };

  it('are off unless they are set, and then about marketing in UTC', () => {
    const unset = settingsOf({});
    expect([unset?.quietHours, unset?.frequencyCaps]).toEqual([undefined, undefined]);
    const marketing = { purposes: ['marketing'] };
    expect(settingsOf({ quietHours, frequencyCaps: [frequencyCap] })).toMatchObject({
      quietHours: { ...quietHours, timeZone: 'UTC', ...marketing },
      frequencyCaps: [{ ...frequencyCap, ...marketing }],
    });
  });

  it.each<[string, object]>([
    ['hours of no length', { quietHours: { start: '08:00', end: '08:00' } }],
    ['hours beyond a day', { quietHours: { ...quietHours, start: '24:00' } }],
    ['hours that are not written in full', { quietHours: { ...quietHours, end: '8:00' } }],
    ['a time zone that is none', { quietHours: { ...quietHours, timeZone: '+01:00' } }],
    ['a purpose that is none', { quietHours: { ...quietHours, purposes: ['promo'] } }],
    ['no purpose at all', { quietHours: { ...quietHours, purposes: [] } }],
    ['a touchpoint that is none', { frequencyCaps: [{ ...frequencyCap, touchpoints: ['fax'] }] }],
    ['a cap of nothing', { frequencyCaps: [{ ...frequencyCap, messages: 0 }] }],
    ['a cap of part of an hour', { frequencyCaps: [{ ...frequencyCap, perHours: 0.5 }] }],
    ['a cap of more than a month', { frequencyCaps: [{ ...frequencyCap, perHours: 721 }] }],
    ['four caps', { frequencyCaps: Array.from({ length: 4 }, () => frequencyCap) }],
  ])('are refused: %s', (_what, settings) => expect(settingsOf(settings)).toBeUndefined());
});
