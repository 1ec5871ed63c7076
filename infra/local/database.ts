/**
 * What the engine itself must remember: time, alarms, executions. SQLite's own lock keeps a second engine off the
 * folder, and goes with the process however it ends.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS clock (one INTEGER PRIMARY KEY CHECK (one = 1), stage_ms INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS schedules (
  name TEXT PRIMARY KEY, expression TEXT NOT NULL, next_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS created_schedules (
  name TEXT PRIMARY KEY, definition TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS delayed_messages (
  id INTEGER PRIMARY KEY, queue_name TEXT NOT NULL, due_ms INTEGER NOT NULL, entry TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS delayed_messages_due ON delayed_messages (due_ms);
CREATE TABLE IF NOT EXISTS executions (
  arn TEXT PRIMARY KEY, machine_arn TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL,
  input TEXT NOT NULL, definition TEXT NOT NULL, cursor TEXT NOT NULL,
  output TEXT, error TEXT, cause TEXT,
  started_ms INTEGER NOT NULL, stopped_ms INTEGER, wake_ms INTEGER, redrive_count INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS executions_wake ON executions (wake_ms) WHERE wake_ms IS NOT NULL;
CREATE TABLE IF NOT EXISTS execution_events (
  id INTEGER PRIMARY KEY, execution_arn TEXT NOT NULL, at_ms INTEGER NOT NULL, type TEXT NOT NULL,
  state TEXT, details TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS execution_events_of ON execution_events (execution_arn, id);
CREATE TABLE IF NOT EXISTS announced_files (key TEXT PRIMARY KEY, etag TEXT NOT NULL) STRICT;
`;

export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

export type Database = DatabaseSync;

/** @param folder absent: kept in memory, for tests */
export function openDatabase(folder?: string): Database {
  if (folder !== undefined) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(folder === undefined ? ':memory:' : join(folder, 'engine.sqlite'));
  try {
    // WAL with NORMAL keeps every commit through the death of this process.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    database.exec('BEGIN IMMEDIATE; COMMIT;');
    database.exec(SCHEMA);
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && /locked|busy/.test(error.message))
      throw new FolderInUse(`another engine runs on ${folder}; stop it or give another --data`);
    throw error;
  }
}
