import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runDrill } from '../../harness/index.ts';
import { freshFolder } from '../support/folder.ts';
import { growthOf, heldBytes, openDescriptors, residentBytes } from '../support/growth.ts';
import { drillFile, inspectLab, labContainers } from '../support/labs.ts';

/** HADRILL_SOAK_TRIALS makes it shorter where somebody waits for it. */
const TRIALS = Number(process.env.HADRILL_SOAK_TRIALS ?? 200);
const LEAST_TRIALS = 20;
const KEPT = 10;
/** The lab, and half a minute for each trial and its repetition. */
const TIMEOUT_MS = 300_000 + TRIALS * 60_000;

interface Sample {
  held: number;
  descriptors: number;
  agent: number;
  folders: number;
  noted: number;
  containers: number;
}

test(`${TRIALS} trials in one run: nothing grows that is not meant to`, { timeout: TIMEOUT_MS }, async () => {
  expect(TRIALS).toBeGreaterThanOrEqual(LEAST_TRIALS);
  const out = await freshFolder();
  const samples: Sample[] = [];
  let taking = Promise.resolve();
  let containers: string | undefined;
  const { journal, folder } = await runDrill(drillFile('quick-crash'), {
    trials: TRIALS,
    seed: 5,
    out,
    keep_records: KEPT,
    onProgress: (line) => {
      // It is said when everything of a trial has been written.
      if (!/^trial \d+(: (pass|fail|unknown)| will be repeated)/.test(line)) return;
      taking = taking.then(async () => {
        containers ??= await labOf(out);
        samples.push(await takeSample(out, containers));
      });
    },
  });
  await taking;
  const table = (figure: keyof Sample) => samples.map((sample) => sample[figure]);
  const growth = {
    held: growthOf(table('held')),
    descriptors: growthOf(table('descriptors')),
    agent: growthOf(table('agent')),
    noted: growthOf(table('noted')),
  };
  console.log(
    `${samples.length} attempts; growth a trial:`,
    growth,
    'first and last:',
    samples[0],
    samples.at(-1),
  );
  expect(journal.trials).toHaveLength(TRIALS);
  // What a trial leaves in memory: 10,000 of them must fit in 200 MB, here and in the fabric.
  expect(growth.held).toBeLessThan(20_000);
  expect(growth.agent).toBeLessThan(20_000);
  expect(growth.descriptors).toBeLessThan(0.05);
  // One line, whatever came before.
  expect(growth.noted).toBeLessThan(20_000);
  const lines = table('noted').map((bytes, at, all) => bytes - (all[at - 1] ?? 0));
  expect(Math.abs(growthOf(lines))).toBeLessThan(50);
  expect(new Set(table('containers')).size).toBe(1);
  // Of each verdict, and of the repeated ones.
  expect(Math.max(...table('folders'))).toBeLessThanOrEqual(4 * KEPT);
  expect(readdirSync(folder).filter((name) => name.startsWith('trial-')).length).toBeLessThanOrEqual(
    4 * KEPT,
  );
});

function runFolder(out: string): string {
  const [drill] = readdirSync(out);
  const [run] = readdirSync(path.join(out, drill!));
  return path.join(out, drill!, run!);
}

/** The name of the run's lab, by the first line of its events. */
async function labOf(out: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const [line] = (await readFile(path.join(runFolder(out), 'events.jsonl'), 'utf8')).split('\n');
  return (JSON.parse(line!) as { lab: string }).lab;
}

async function takeSample(out: string, lab: string): Promise<Sample> {
  const folder = runFolder(out);
  const fabric = (await inspectLab(lab)).get('fabric');
  return {
    held: heldBytes(),
    descriptors: openDescriptors(),
    agent: residentBytes(fabric!.State.Pid),
    folders: readdirSync(folder).filter((name) => name.startsWith('trial-')).length,
    noted: statSync(path.join(folder, 'trials.jsonl')).size,
    containers: (await labContainers(lab)).length,
  };
}
