import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  closeOrganization,
  createOrganization,
  eraseOrganization,
  getOrganization,
  listDescendants,
  reopenOrganization,
  type StoredOrganization,
  toOrganization,
  updateOrganization,
} from '../../shared/store/organizations.ts';
import type { Table } from '../../shared/store/table.ts';
import { NOW, newId, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';

let emulator: TestTable;
let table: Table;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());

const made = async (above?: StoredOrganization): Promise<StoredOrganization> => {
  const id = newId();
  const place = above ? { parent: above.id, path: `${above.path}#${id}` } : { path: id };
  const organization = toOrganization({ id, name: 'Garage', ...place, createdAt: NOW, updatedAt: NOW });
  expect(await createOrganization(table, organization)).toBe(true);
  return organization;
};

describe('the tree', () => {
  it('finds an organization below each of those above it, and nowhere else', async () => {
    const root = await made();
    const middle = await made(root);
    const leaf = await made(middle);
    expect(await listDescendants(table, root.id)).toEqual([middle.path, leaf.path].sort());
    expect(await listDescendants(table, middle.id)).toEqual([leaf.path]);
    expect(await listDescendants(table, leaf.id)).toEqual([]);
  });

  it('has room for no organization below one that is closed, or that is none', async () => {
    const root = await made();
    await closeOrganization(table, root, NOW);
    for (const parent of [root, { ...root, id: newId() }]) {
      const id = newId();
      const below = { ...root, id, parent: parent.id, path: `${parent.path}#${id}` };
      expect(await createOrganization(table, below)).toBe(false);
      expect(await getOrganization(table, id)).toBeUndefined();
    }
    expect(await listDescendants(table, root.id)).toEqual([]);
  });
});

describe('an organization that is being deleted', () => {
  it('belongs to whoever closed it last', async () => {
    const root = await made();
    expect(await closeOrganization(table, root, 1)).toBe(true);
    expect(await closeOrganization(table, root, 2), 'was open when it was seen').toBe(false);
    expect(await closeOrganization(table, { ...root, closedAt: 1 }, 2)).toBe(true);
    await reopenOrganization(table, root.id, 1);
    await eraseOrganization(table, root, 1);
    expect((await getOrganization(table, root.id))?.closedAt).toBe(2);
    await reopenOrganization(table, root.id, 2);
    expect((await getOrganization(table, root.id))?.closedAt).toBeUndefined();
  });

  it('does not change any more', async () => {
    const root = await made();
    await closeOrganization(table, root, 1);
    expect(await updateOrganization(table, root, { set: { name: 'Other' } })).toBeUndefined();
    expect((await getOrganization(table, root.id))?.name).toBe('Garage');
  });
});
