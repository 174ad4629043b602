import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Journal, Trial } from '../../harness/journal/journal.ts';
import type { RunFacts } from '../../harness/journal/run-facts.ts';
import { blockOf } from '../../harness/journal/shard.ts';
import { TRIAL_RESULT_SCHEMA, trialResultLine } from '../../harness/journal/trial-results.ts';
import { REPOSITORY } from './hadrill.ts';

const RUN = path.join(REPOSITORY, 'tests/fixtures/run');
const read = <T>(name: string) => JSON.parse(readFileSync(path.join(RUN, name), 'utf8')) as T;

/** Recorded trials over and over, each with numbers of its own; one in a hundred fails, one in two hundred is unknown. */
export function trialOf(index: number, patterns: readonly Trial[]): Trial {
  const { records: _, ...pattern } = patterns[index % 100 === 0 ? 1 : 0]!;
  const unknown = index % 200 === 7;
  const shift = ((index * 7919) % 1000) / 1000;
  const metrics = Object.fromEntries(
    Object.entries(pattern.metrics).map(([name, value]) => [
      name,
      name.endsWith('_ms') ? value + shift : value,
    ]),
  );
  const timeline = pattern.timeline.map((event) => ({ ...event, at_ms: event.at_ms + shift }));
  const why: Partial<Trial> = {
    verdict: 'unknown',
    reason: `starved: woken ${index} ms late`,
    doubts: [`woken ${index} ms late`],
  };
  return { ...pattern, ...(unknown ? why : {}), index, metrics, timeline };
}

/** Writes the shards of a run of very many trials, one folder each, without captures. @returns the folders. */
export function writeShards(folder: string, trials: number, of: number): string[] {
  const run = read<RunFacts>('run.json');
  const patterns = read<Journal>('journal.json').trials;
  return Array.from({ length: of }, (_, at) => {
    const shard = blockOf({ number: at + 1, of }, trials)!;
    const own = path.join(folder, `shard-${at + 1}`);
    mkdirSync(own);
    const trials_asked = shard.last - shard.first + 1;
    const environment = { ...run.environment, machine: `lab${at + 1}` };
    writeFileSync(path.join(own, 'run.json'), JSON.stringify({ ...run, environment, shard, trials_asked }));
    const opened = openSync(path.join(own, 'trials.jsonl'), 'w');
    for (let index = shard.first; index <= shard.last; index += 1) {
      const trial = { ...trialOf(index, patterns), records_dropped: true as const };
      const attempt = index - shard.first + 1;
      writeSync(opened, trialResultLine({ schema: TRIAL_RESULT_SCHEMA, attempt, trial }));
    }
    closeSync(opened);
    return own;
  });
}
