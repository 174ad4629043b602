import { expect } from 'vitest';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import { RunResults } from './folder.ts';
import { type HadrillProcess, hadrill, startHadrill } from './hadrill.ts';
import { drillFile, expectNothingLeft, labContainers, waitNothingLeft } from './labs.ts';

export const REAPED_WITHIN_MS = 30_000;

/** A run that has been started. */
export interface Run {
  command: HadrillProcess;
  results: RunResults;
}

/** Starts a run of a drill of the fixtures. */
export async function startRun(drill: string): Promise<Run> {
  const results = await RunResults.create();
  const args = ['run', drillFile(drill), '--seed', '1', '--json', '--out', results.out];
  return { command: startHadrill(args), results };
}

/** Some containers of the lab are there, others not yet. */
export async function whileBuilding({ command, results }: Run): Promise<void> {
  await command.said(/^building lab /m);
  const lab = await results.lab();
  await waitUntil({
    what: 'the first node to be created',
    timeout_ms: 60_000,
    interval_ms: 5,
    check: async () => (await labContainers(lab)).length >= 2,
  });
}

/** The fabric runs, so that it can see its harness die; the nodes are being made. */
export async function whileNodesAreMade(run: Run): Promise<void> {
  await whileBuilding(run);
  const lab = await run.results.lab();
  await waitUntil({
    what: 'the fabric to run',
    timeout_ms: 60_000,
    interval_ms: 5,
    check: async () =>
      (await labContainers(lab)).some(
        (one) => one.Labels['hadrill.node'] === 'fabric' && one.State === 'running',
      ),
  });
}

/** The drill holds its steady state for a minute; its probes have long been started. */
export async function inSteadyState({ command }: Run): Promise<void> {
  await command.said(/^trial 1 of 1$/m);
  await sleep(3000);
}

/** Something is broken. */
export async function afterTheFault({ command }: Run): Promise<void> {
  await command.said(/^trial 1: crash of host:node\d/m);
}

/** Noted right before the work begins. */
export async function whileHealing({ results }: Run): Promise<void> {
  await results.noted('revert', 60_000);
}

/** A moment of a run at which it is interrupted. */
export type Moment = (run: Run) => Promise<void>;

/** A run that is asked to stop heals, removes its lab and ends with 130. */
export async function expectHealed(drill: string, at: Moment, signal: 'SIGINT' | 'SIGTERM'): Promise<void> {
  const run = await startRun(drill);
  await at(run);
  run.command.signal(signal);
  const done = await run.command.ended;
  expect(done.code, done.stderr).toBe(130);
  expect(done.stdout).toBe('');
  expect(done.stderr).toMatch(/^stopping: healing what is broken and removing the lab$/m);
  expect(done.stderr).toMatch(/^hadrill: interrupted: everything was healed and the lab removed$/m);
  expect(done.stderr).not.toContain('    at ');
  await expectNothingLeft(await run.results.lab());
  if (at === whileBuilding) await expectNoneMade(run, '0 of 1 trial, interrupted');
  const events = (await run.results.events()).map((one) => one.event);
  if (events.includes('apply')) expect(events, 'healed before the lab was removed').toContain('revert');
}

/** A run that is killed is cleaned up after by its fabric. */
export async function expectReaped(at: Moment): Promise<void> {
  const run = await startRun('quick-crash');
  await at(run);
  run.command.signal('SIGKILL');
  expect((await run.command.ended).code).toBeUndefined();
  const lab = await run.results.lab();
  expect(await labContainers(lab), 'there was something to remove').not.toEqual([]);
  await waitNothingLeft(lab, REAPED_WITHIN_MS);
  // What the dead command had asked the engine for must not turn up late.
  await sleep(1000);
  await expectNothingLeft(lab);
}

/** A run that ended before its lab was up is reported as what it is. */
export async function expectNoneMade(run: Run, made: string): Promise<void> {
  const folder = (await run.results.folder())!;
  const { code, stdout, stderr } = await hadrill(['report', folder]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^UNKNOWN /);
  expect(stdout).toContain(`(profile default, ${made}, seed 1)`);
  expect(stdout).toContain('Nothing was measured: no trial was made.');
}
