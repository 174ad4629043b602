import { statSync } from 'node:fs';
import type { Bound, Trial } from './journal.ts';
import { trialSchema } from './journal-schema.ts';
import { type MetricRow, MetricRows } from './metric-rows.ts';
import { type TextPlace, TrialsFile } from './trials-file.ts';

/** Trials whose texts are shorter together are held in memory as they are: reading parts again and again takes its time. */
const MOST_BYTES_HELD = 64 * 1024 * 1024;
/** What is held of a trial: what judging and summing up look at. The other fields take the most room. */
const HELD = new Set<string>([
  ...(['index', 'verdict', 'machine', 'engine', 'reason', 'doubts', 'metrics', 'bounds'] as const),
  ...(['missing_metrics', 'missing_bounds', 'lower_bounds', 'records', 'records_dropped'] as const),
] satisfies (keyof Trial)[]);
const ON_FILE = (Object.keys(trialSchema.shape) as (keyof Trial)[]).filter((name) => !HELD.has(name));
/** Values of which most trials have the same; so many different ones are remembered. */
const ALIKE = ['missing_metrics', 'missing_bounds', 'lower_bounds', 'doubts'] satisfies (keyof Trial)[];
const MOST_REMEMBERED = 10_000;

/** How a reader of many trials holds them. */
export interface TrialKeeper {
  /** @param place where its text is in the file. @returns the trial, or one that reads long parts when it is asked for them. */
  keep(trial: Trial, place: TextPlace): Trial;
}

/**
 * For trials in these files: as they are, or, where that would take too much memory, without what takes the most room, which is
 * read again from the file whenever somebody looks.
 * @param trialIn the trial in a line of the files.
 * @returns the keeper of a file's trials.
 */
export function keeperFor(
  files: readonly string[],
  trialIn: (document: unknown) => Trial,
  most_bytes = MOST_BYTES_HELD,
): (file: string) => TrialKeeper {
  const bytes = files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
  if (bytes <= most_bytes) return () => ({ keep: (trial) => trial });
  const rows = new MetricRows();
  const texts = new Remembered();
  return (file) => {
    const opened = new TrialsFile(file, trialIn);
    return { keep: (trial, place) => keep(trial, place, opened, rows, texts) };
  };
}

/**
 * The trial with other values of some fields; those that are undefined go.
 * Not `{ ...trial }`: that of a trial whose parts are on file is not all of it.
 */
export function withChanges(trial: Trial, changes: { [Key in keyof Trial]?: Trial[Key] | undefined }): Trial {
  if (trial instanceof KeptTrial) return trial.changed(changes) as unknown as Trial;
  return withoutUndefined({ ...trial, ...changes }) as unknown as Trial;
}

/** All of a trial, in memory. */
export function wholeTrial(trial: Trial): Trial {
  return trial instanceof KeptTrial ? trial.toJSON() : trial;
}

/** The value of a metric in one trial, if it has one. */
export function ownValue(trial: Trial, metric: string): number | undefined {
  if (trial instanceof KeptTrial) return trial.valueOfMetric(metric);
  return Object.hasOwn(trial.metrics, metric) ? trial.metrics[metric] : undefined;
}

/** Names of a trial's metrics, in their order; of trials that are held in short form mostly the same list. */
export function metricNamesOf(trial: Trial): readonly string[] {
  return trial instanceof KeptTrial ? trial.metricNames : Object.keys(trial.metrics);
}

type Fields = { readonly [Key in keyof Trial]?: Trial[Key] | undefined };

/** A trial whose long parts are on file. Its fields are getters of the prototype. */
class KeptTrial {
  readonly #fields: Fields;
  readonly #metrics: MetricRow;
  readonly #on_file: readonly string[];
  readonly #place: TextPlace;
  readonly #file: TrialsFile;

  constructor(
    fields: Fields,
    from: {
      metrics: MetricRow;
      on_file: readonly string[];
      place: TextPlace;
      file: TrialsFile;
    },
  ) {
    this.#fields = fields;
    this.#metrics = from.metrics;
    this.#on_file = from.on_file;
    this.#place = from.place;
    this.#file = from.file;
  }

  get(name: keyof Trial): unknown {
    if (name in this.#fields) return this.#fields[name];
    if (name === 'metrics') return this.#metrics.all();
    return this.#on_file.includes(name) ? this.#file.read(this.#place)[name] : undefined;
  }

  valueOfMetric(name: string): number | undefined {
    return this.#metrics.value(name);
  }

  get metricNames(): readonly string[] {
    return this.#metrics.names;
  }

  changed(changes: Fields): KeptTrial {
    const [metrics, on_file, place, file] = [this.#metrics, this.#on_file, this.#place, this.#file];
    return new KeptTrial({ ...this.#fields, ...changes }, { metrics, on_file, place, file });
  }

  toJSON(): Trial {
    return withoutUndefined({ ...this.#file.read(this.#place), ...this.#fields }) as unknown as Trial;
  }
}

for (const name of Object.keys(trialSchema.shape) as (keyof Trial)[])
  Object.defineProperty(KeptTrial.prototype, name, {
    get(this: KeptTrial) {
      return this.get(name);
    },
  });

function keep(trial: Trial, place: TextPlace, file: TrialsFile, rows: MetricRows, texts: Remembered): Trial {
  const { metrics, ...fields } = trial;
  const on_file = ON_FILE.filter((name) => trial[name] !== undefined);
  for (const name of ON_FILE) delete (fields as Fields & { [Key in keyof Trial]?: unknown })[name];
  for (const name of ALIKE) {
    const value = fields[name];
    if (value !== undefined) Object.assign(fields, { [name]: texts.same(value) });
  }
  const bounds = Object.fromEntries(
    Object.entries(trial.bounds).map(([name, bound]): [string, Bound] => [
      name,
      { ...bound, from: texts.same(bound.from) },
    ]),
  );
  const from = { metrics: rows.add(metrics), on_file: texts.same(on_file), place, file };
  return new KeptTrial({ ...fields, bounds }, from) as unknown as Trial;
}

/** One value in place of many that are the same. */
class Remembered {
  readonly #values = new Map<string, unknown>();

  same<T>(value: T): T {
    const text = JSON.stringify(value);
    const known = this.#values.get(text);
    if (known !== undefined) return known as T;
    if (this.#values.size < MOST_REMEMBERED) this.#values.set(text, value);
    return value;
  }
}

function withoutUndefined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
