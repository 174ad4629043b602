import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { TrialFacts } from '../../../harness/journal/trial-facts.ts';

/** The recorded run of the fixtures: trial-1 was starved and repeated, trial-2 passed, trial-3 failed. */
export const RUN = path.join(import.meta.dirname, '../../fixtures/run');

/** A copy of it that may be changed; it goes when the test ends. */
export async function copyOfRun(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hadrill-run-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(RUN, folder, { recursive: true });
  return folder;
}

/** A JSON file of the run, as it is. */
export async function readJson<T>(folder: string, name: string): Promise<T> {
  return JSON.parse(await readFile(path.join(folder, name), 'utf8')) as T;
}

type FactsChange = { [Name in keyof TrialFacts]?: TrialFacts[Name] | undefined };

/** Changes the facts of one trial; what becomes undefined is left out. */
export async function changeFacts(
  folder: string,
  trial: string,
  change: (facts: TrialFacts) => FactsChange,
): Promise<void> {
  const name = path.join(trial, 'facts.json');
  const facts = await readJson<TrialFacts>(folder, name);
  await writeFile(path.join(folder, name), JSON.stringify({ ...facts, ...change(facts) }));
}

/** One line of the UDP probe's record; `at_ms` counts from the fault. */
export interface Request {
  at_ms: number;
  sent_ns: number;
  answered: boolean;
}

/**
 * Rewrites whether the UDP probe's requests were answered: an answer that is put in came 1 ms after the request,
 * one that is taken out never came; a request that is `unsent` is not in the record. Where `answered` says nothing the
 * request stays as it was.
 */
export async function changeAnswers(
  folder: string,
  trial: string,
  answered: (request: Request) => boolean | 'unsent' | undefined,
): Promise<void> {
  const { windows } = await readJson<TrialFacts>(folder, path.join(trial, 'facts.json'));
  const file = path.join(folder, trial, 'udp.csv');
  const [header, ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n');
  const changed = lines.flatMap((line) => {
    const [seq, sent, , received] = line.split(',');
    const sent_ns = Number(sent);
    const at_ms = (sent_ns - windows!.fault_ns) / 1e6;
    const wanted = answered({ at_ms, sent_ns, answered: received !== '' });
    if (wanted === 'unsent') return [];
    if (wanted === undefined || wanted === (received !== '')) return line;
    return wanted ? `${seq},${sent},${sent_ns + 5e5},${sent_ns + 1e6}` : `${seq},${sent},,`;
  });
  await writeFile(file, `${[header, ...changed].join('\n')}\n`);
}
