import { DatabaseSync } from 'node:sqlite';
import { InputError, messageOf } from '../../ground/errors.ts';
import { keyOf, type RunRecord, runRecordSchema } from './run-record.ts';

/** Of what is in the file; another one was made by another version. */
const SCHEMA = 1;

/** Every run that was ever read, in one SQLite file: it remembers runs whose folders are gone. */
export class History {
  readonly #database: DatabaseSync;
  readonly #file: string;

  private constructor(database: DatabaseSync, file: string) {
    this.#database = database;
    this.#file = file;
  }

  /**
   * Opens the file, or makes it.
   * @throws InputError when it is damaged, no database, or of another version.
   */
  static open(file: string): History {
    try {
      const database = new DatabaseSync(file, { timeout: 5000 });
      const { user_version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
      if (user_version !== 0 && user_version !== SCHEMA)
        throw new Error(`it was made by another version (${user_version}; this one has ${SCHEMA})`);
      database.exec(
        `CREATE TABLE IF NOT EXISTS runs (key TEXT PRIMARY KEY, drill TEXT, started_at TEXT, record TEXT) STRICT;
         PRAGMA user_version = ${SCHEMA};`,
      );
      return new History(database, file);
    } catch (error) {
      throw damaged(file, error);
    }
  }

  /** Takes runs in; one that is there already is replaced by what is known of it now. @returns how many are new. */
  add(runs: readonly RunRecord[]): number {
    try {
      const before = this.#count();
      this.#database.exec('BEGIN IMMEDIATE');
      const insert = this.#database.prepare('INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)');
      for (const run of runs) insert.run(keyOf(run), run.drill, run.started_at, JSON.stringify(run));
      this.#database.exec('COMMIT');
      return this.#count() - before;
    } catch (error) {
      throw damaged(this.#file, error);
    }
  }

  /**
   * The runs of a drill, oldest first; one whose record is damaged is left out.
   * @returns also how many were left out.
   */
  runsOf(drill: string): { runs: RunRecord[]; unreadable: number } {
    const rows = this.#query('SELECT record FROM runs WHERE drill = ? ORDER BY started_at, key', drill);
    const runs = rows.flatMap(({ record }) => parseRecord(record) ?? []);
    return { runs, unreadable: rows.length - runs.length };
  }

  /** The names of all drills. */
  drills(): string[] {
    return this.#query('SELECT DISTINCT drill FROM runs ORDER BY drill').map(({ drill }) => String(drill));
  }

  close(): void {
    this.#database.close();
  }

  #query(sql: string, ...values: string[]): Record<string, unknown>[] {
    try {
      return this.#database.prepare(sql).all(...values);
    } catch (error) {
      throw damaged(this.#file, error);
    }
  }

  #count(): number {
    return Number(this.#query('SELECT count(*) AS count FROM runs')[0]!.count);
  }
}

function parseRecord(record: unknown): RunRecord | undefined {
  try {
    return runRecordSchema.parse(JSON.parse(String(record)));
  } catch {
    return undefined;
  }
}

function damaged(file: string, error: unknown): InputError {
  const message = `the history can't be used: ${messageOf(error)}; if it is damaged, move the file away: it is made again from the run folders that are there`;
  return new InputError([{ message, position: { file } }], { cause: error });
}
