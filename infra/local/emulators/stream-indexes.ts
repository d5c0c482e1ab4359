import { DatabaseSync } from 'node:sqlite';

const TABLE = '_stream_records';
const COLUMNS = ['table_name', 'shard_id', 'sequence_number'];
const INDEXES = {
  overture_stream_by_table: '(table_name, CAST(sequence_number AS INTEGER))',
  overture_stream_by_shard: '(table_name, shard_id, CAST(sequence_number AS INTEGER))',
};

/**
 * Adds to a dynoxide file the two indexes without which each write reads every stream record: 550 instead of 63
 * transactions per second at 20,000 rows. Answers false, and changes nothing, where the table has another shape.
 */
export function addStreamIndexes(file: string): boolean {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA busy_timeout = 5000');
    const columns = new Set(
      database
        .prepare(`PRAGMA table_info(${TABLE})`)
        .all()
        .map(({ name }) => name),
    );
    if (!COLUMNS.every((column) => columns.has(column))) return false;
    for (const [name, on] of Object.entries(INDEXES)) {
      database.exec(`CREATE INDEX IF NOT EXISTS ${name} ON ${TABLE}${on}`);
    }
    return true;
  } finally {
    database.close();
  }
}
