/** Schedules made by calls of EventBridge Scheduler; they stay until a call deletes them. */
import type { Database } from '../database.ts';
import type { ScheduleResource } from '../template/resources.ts';
import { scheduleFrom } from '../template/system.ts';
import type { Properties } from '../template/template.ts';

interface CreatedRow {
  readonly name: string;
  readonly definition: string;
}

export class CreatedSchedules {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  all(): ScheduleResource[] {
    const rows = this.#database
      .prepare('SELECT name, definition FROM created_schedules ORDER BY name')
      .all() as unknown as CreatedRow[];
    return rows.flatMap(({ name, definition }) => scheduleFrom(name, JSON.parse(definition)) ?? []);
  }

  /** @param name `<group>/<name>` */
  find(name: string): Properties | undefined {
    const row = this.#database.prepare('SELECT definition FROM created_schedules WHERE name = ?').get(name) as
      | { definition: string }
      | undefined;
    return row && JSON.parse(row.definition);
  }

  put(name: string, definition: Properties): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO created_schedules (name, definition) VALUES (?, ?)')
      .run(name, JSON.stringify(definition));
  }

  delete(name: string): void {
    this.#database.prepare('DELETE FROM created_schedules WHERE name = ?').run(name);
  }
}
