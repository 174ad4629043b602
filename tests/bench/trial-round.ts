import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { median } from 'simple-statistics';
import { readJournal } from '../../harness/journal/read-journal.ts';
import { makeBundle, measuredCommand } from './measured-command.ts';
import { folderBytes } from './sizes.ts';

export interface TrialCosts {
  /** Time from steady state to steady state, over what the protocol and the drill's holds need: the median. */
  trial_overhead_ratio: number;
  trial_overhead_ratios: number[];
  /** By the median of a trial's time. */
  trials_per_hour: number;
  /** Of the records of one trial: the median. */
  trial_records_mb: number;
  /** The most memory of the command that made them. */
  harness_rss_mb: number;
}

/** What trials of l3/node-crash cost in time and room. */
export async function trialCosts(scratch: string, trials: number): Promise<TrialCosts> {
  await makeBundle();
  const { rss_mb } = await measuredCommand([
    'run',
    'l3/node-crash',
    '--trials',
    `${trials}`,
    '--seed',
    '1',
    '--out',
    scratch,
  ]);
  const [name] = await readdir(scratch);
  const folder = path.join(scratch, name!);
  const journal = await readJournal(path.join(folder, 'journal.json'));
  const made = [...journal.trials, ...journal.repeated];
  const wall_ms = made.flatMap(({ metrics }) => metrics['trial.wall_ms'] ?? []);
  const ratios = made.flatMap(({ metrics }) => {
    const [wall, needed] = [metrics['trial.wall_ms'], metrics['trial.needed_ms']];
    return wall !== undefined && needed ? [wall / needed] : [];
  });
  const names = (await readdir(folder)).filter((name) => /^trial-\d+$/.test(name));
  const bytes = await Promise.all(names.map((name) => folderBytes(path.join(folder, name))));
  return {
    trial_overhead_ratio: median(ratios),
    trial_overhead_ratios: ratios,
    trials_per_hour: 3_600_000 / median(wall_ms),
    trial_records_mb: median(bytes) / 1e6,
    harness_rss_mb: rss_mb,
  };
}
