import type { Table } from '../../shared/store/table.ts';
import { startTestTable } from '../support/emulators.ts';
import { createWireClient } from './wire-client.ts';

export interface EngineTable {
  readonly table: Table;
  stop(): Promise<void>;
}

/** An emulated table for runs, reached at the least cost. */
export async function startEngineTable(): Promise<EngineTable> {
  const { endpoint, tableName, stop } = await startTestTable();
  return { table: { client: createWireClient(endpoint), name: tableName }, stop };
}
