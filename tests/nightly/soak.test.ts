import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectEngine, type Engine } from '../../harness/engine/connect.ts';
import { runDrill } from '../../harness/index.ts';
import { findLab } from '../../harness/lab/find-lab.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { freshFolder } from '../support/folder.ts';
import { growthOf, heldBytes, openDescriptors, residentBytes } from '../support/growth.ts';
import { drillFile, inspectLab } from '../support/labs.ts';

/** HADRILL_SOAK_TRIALS makes it shorter where somebody waits for it. */
const TRIALS = Number(process.env.HADRILL_SOAK_TRIALS ?? 200);
/** Until then programs are compiled as they are used, and heaps grow to the largest that a trial needs. */
const WARM_UP = 40;
const LEAST_TRIALS = 2 * WARM_UP;
const KEPT = 10;
/** The lab, and half a minute for each trial and its repetition. */
const TIMEOUT_MS = 300_000 + TRIALS * 60_000;

/** After an attempt at a trial; sizes in bytes. */
interface Sample {
  held: number;
  descriptors: number;
  /** Memory of the fabric's agent that is resident. */
  agent: number;
  /** Blocks of memory that its objects hold. */
  agent_blocks: number;
  events: number;
  results: number;
  folders: number;
  containers: number;
}

test(`${TRIALS} trials in one run: nothing grows that is not meant to`, { timeout: TIMEOUT_MS }, async () => {
  expect(TRIALS).toBeGreaterThanOrEqual(LEAST_TRIALS);
  const out = await freshFolder();
  const observer = new Observer(await connectEngine());
  onTestFinished(() => observer.disconnect());
  const looks: Promise<Sample>[] = [];
  const { journal, folder } = await runDrill(drillFile('quick-crash'), {
    trials: TRIALS,
    seed: 5,
    out,
    keep_records: KEPT,
    onProgress: (line) => {
      // It is said when everything of a trial has been written.
      if (!/^trial \d+(: (pass|fail|unknown)| will be repeated)/.test(line)) return;
      const own = { held: heldBytes(), descriptors: openDescriptors() };
      const look = lookAround(out, observer).then((around) => ({ ...own, ...around }));
      // Whether it failed is asked below.
      look.catch(() => undefined);
      looks.push(look);
    },
  });
  // The lab is removed as soon as the last trial is written: what that look saw, or failed at, says nothing.
  await Promise.allSettled(looks);
  const samples = await Promise.all(looks.slice(0, -1));
  const table = (figure: keyof Sample) => samples.map((sample) => sample[figure]);
  const growth = (figure: keyof Sample) => growthOf(table(figure), WARM_UP);
  const seen = Object.keys(samples[0]!).map((name) => {
    const values = table(name as keyof Sample);
    return [name, values[0], values[WARM_UP], values.at(-1), Math.round(growth(name as keyof Sample))].join(
      ' ',
    );
  });
  console.log(
    `${samples.length} attempts; after the first, the ${WARM_UP}th and the last; growth for each:\n${seen.join('\n')}`,
  );
  expect(journal.trials).toHaveLength(TRIALS);
  // Of 200 trials 5 kB each were seen here, ever less as the last functions are compiled. So 10,000 fit into 200 MB.
  expect(growth('held')).toBeLessThan(20_000);
  // One note of each trial that was kept would be some blocks. What is resident also grows by steps of the heap.
  expect(growth('agent_blocks')).toBeLessThan(2);
  expect(growth('agent')).toBeLessThan(5000);
  expect(growth('descriptors')).toBeLessThan(0.05);
  // A line for each trial, and one for each thing that was about to be done, whatever came before.
  expect(growth('results')).toBeLessThan(20_000);
  expect(growth('events')).toBeLessThan(1000);
  const lines = table('results').map((bytes, at, all) => bytes - (all[at - 1] ?? 0));
  expect(Math.abs(growthOf(lines, WARM_UP))).toBeLessThan(50);
  expect(new Set(table('containers')).size).toBe(1);
  // Of each verdict, and of the repeated ones.
  expect(Math.max(...table('folders'))).toBeLessThanOrEqual(4 * KEPT);
  expect(trialFolders(folder)).toBeLessThanOrEqual(4 * KEPT);
});

/** Asks the agents of a run's labs beside the run. */
class Observer {
  #lab: Lab | undefined;
  readonly engine: Engine;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  async agentBlocks(name: string): Promise<number> {
    if (this.#lab?.name !== name) {
      this.disconnect();
      this.#lab = await findLab(this.engine, name);
    }
    return this.#lab.agent.call('held_blocks', {});
  }

  disconnect(): void {
    this.#lab?.disconnect();
    this.#lab = undefined;
  }
}

async function lookAround(out: string, observer: Observer): Promise<Omit<Sample, 'held' | 'descriptors'>> {
  const folder = runFolder(out);
  const lab = labOf(folder);
  const containers = await inspectLab(lab);
  return {
    agent_blocks: await observer.agentBlocks(lab),
    agent: residentBytes(containers.get('fabric')!.State.Pid),
    events: statSync(path.join(folder, 'events.jsonl')).size,
    results: statSync(path.join(folder, 'trials.jsonl')).size,
    folders: trialFolders(folder),
    containers: containers.size,
  };
}

function trialFolders(folder: string): number {
  return readdirSync(folder).filter((name) => name.startsWith('trial-')).length;
}

function runFolder(out: string): string {
  const [drill] = readdirSync(out);
  const [run] = readdirSync(path.join(out, drill!));
  return path.join(out, drill!, run!);
}

/** The name of the run's lab, by the last event that names one: a lab that is broken for good is built anew. */
function labOf(folder: string): string {
  const events = readFileSync(path.join(folder, 'events.jsonl'), 'utf8').trim().split('\n');
  const named = events.map((line) => (JSON.parse(line) as { lab?: string }).lab);
  return named.findLast((lab) => lab !== undefined)!;
}
