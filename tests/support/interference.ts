import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import type { Journal } from '../../harness/journal/journal.ts';
import { RunResults } from './folder.ts';
import { type Ended, startHadrill } from './hadrill.ts';
import { drillFile, engine, labContainers } from './labs.ts';

/** Runs the quick crash drill, and does something to a container of its lab right after the first fault. */
export async function interfered(
  node: string,
  act: (container: Docker.Container) => Promise<unknown>,
  trials: number,
): Promise<{ done: Ended; journal: Journal; lab: string }> {
  const results = await RunResults.create();
  const options = ['--seed', '1', '--trials', String(trials), '--out', results.out];
  const command = startHadrill(['run', drillFile('quick-crash'), ...options], { timeout_ms: 300_000 });
  await command.said(/^trial 1: crash of /m);
  const lab = await results.lab();
  const found = (await labContainers(lab)).find((one) => one.Labels['hadrill.node'] === node);
  await act(engine.docker.getContainer(found!.Id));
  const done = await command.ended;
  const text = await readFile(path.join((await results.folder())!, 'journal.json'), 'utf8');
  return { done, journal: JSON.parse(text) as Journal, lab };
}
