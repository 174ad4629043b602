import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Journal } from '../../harness/journal/journal.ts';
import { RunResults } from './folder.ts';
import { type Ended, type HadrillProcess, startHadrill } from './hadrill.ts';
import type { OwnEngine } from './own-engine.ts';

const COMMAND_MS = 300_000;

/** A run on an engine of the test's own. */
export interface EngineRun {
  command: HadrillProcess;
  results: RunResults;
}

/** Starts a run of a drill's file there. */
export async function startOn(own: OwnEngine, drill: string, trials = 1): Promise<EngineRun> {
  const results = await RunResults.create();
  const options = ['--seed', '1', '--trials', String(trials), '--out', results.out, '--json'];
  const command = startHadrill(['run', drill, ...options], { env: own.env, timeout_ms: COMMAND_MS });
  return { command, results };
}

/** Its journal, when it got as far as a trial. */
export async function journalOf({ results }: EngineRun): Promise<Journal | undefined> {
  const folder = await results.folder();
  const text = await readFile(path.join(folder ?? '', 'journal.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Journal);
}

/** Fails unless it ended in good order after an accident. @param codes with which it may end. */
export async function endedInOrder(run: EngineRun, codes = [0, 3, 4]): Promise<Ended> {
  const done = await run.command.ended;
  if (!codes.includes(done.code ?? -1) || done.stderr.includes('an unexpected error'))
    throw new Error(`it ended with ${done.code}:\n${done.stderr}`);
  return done;
}

/** Waits until every container of a lab on that engine is gone. @throws DeadlineError naming those that are not. */
export async function waitNoLab(own: OwnEngine, timeout_ms: number): Promise<void> {
  let left: string[] = [];
  await waitUntil({
    what: 'every container of the second engine to be gone',
    timeout_ms,
    interval_ms: 500,
    check: async () => {
      const { docker } = await own.connect();
      const found = await docker.listContainers({ all: true, filters: { label: ['hadrill.lab'] } });
      left = found.map(({ Names: [name], State: state }) => `${name} (${state})`);
      return left.length === 0;
    },
    lastSeen: () => left.join(', '),
  });
}
