import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import type { Journal } from '../../harness/journal/journal.ts';
import { RunResults } from '../support/folder.ts';
import { type HadrillProcess, startHadrill } from '../support/hadrill.ts';
import { drillFile, expectNothingLeft, labContainers, waitNothingLeft } from '../support/labs.ts';

const REAPED_WITHIN_MS = 30_000;

interface Run {
  command: HadrillProcess;
  results: RunResults;
}

async function start(drill: string): Promise<Run> {
  const results = await RunResults.create();
  const args = ['run', drillFile(drill), '--seed', '1', '--json', '--out', results.out];
  return { command: startHadrill(args), results };
}

/** Some containers of the lab are there, others not yet. */
async function whileBuilding({ command, results }: Run): Promise<void> {
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
async function whileNodesAreMade(run: Run): Promise<void> {
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
async function inSteadyState({ command }: Run): Promise<void> {
  await command.said(/^trial 1 of 1$/m);
  await sleep(3000);
}

async function afterTheFault({ command }: Run): Promise<void> {
  await command.said(/^trial 1: crash of host:node\d/m);
}

/** Noted right before the work begins. */
async function whileHealing({ results }: Run): Promise<void> {
  await results.noted('revert', 60_000);
}

describe('a run that is asked to stop heals, removes its lab and ends with 130', () => {
  test.each([
    { when: 'while building', at: whileBuilding, drill: 'quick-crash', signal: 'SIGINT' as const },
    { when: 'in steady state', at: inSteadyState, drill: 'long-steady', signal: 'SIGINT' as const },
    { when: 'right after the fault', at: afterTheFault, drill: 'quick-crash', signal: 'SIGINT' as const },
    { when: 'while healing', at: whileHealing, drill: 'quick-crash', signal: 'SIGINT' as const },
    { when: 'right after the fault', at: afterTheFault, drill: 'quick-crash', signal: 'SIGTERM' as const },
  ])('$signal $when', async ({ at, drill, signal }) => {
    const run = await start(drill);
    await at(run);
    run.command.signal(signal);
    const done = await run.command.ended;
    expect(done.code, done.stderr).toBe(130);
    expect(done.stdout).toBe('');
    expect(done.stderr).toMatch(/^stopping: healing what is broken and removing the lab$/m);
    expect(done.stderr).toMatch(/^hadrill: interrupted: everything was healed and the lab removed$/m);
    expect(done.stderr).not.toContain('    at ');
    await expectNothingLeft(await run.results.lab());
    const events = (await run.results.events()).map((one) => one.event);
    if (events.includes('apply')) expect(events, 'healed before the lab was removed').toContain('revert');
  });
});

describe('a run that is killed is cleaned up after by its fabric', () => {
  test.each([
    { when: 'while building', at: whileNodesAreMade },
    { when: 'right after the fault', at: afterTheFault },
  ])('SIGKILL $when', async ({ at }) => {
    const run = await start('quick-crash');
    await at(run);
    run.command.signal('SIGKILL');
    expect((await run.command.ended).code).toBeUndefined();
    const lab = await run.results.lab();
    expect(await labContainers(lab), 'there was something to remove').not.toEqual([]);
    await waitNothingLeft(lab, REAPED_WITHIN_MS);
    // What the dead command had asked the engine for must not turn up late.
    await sleep(1000);
    await expectNothingLeft(lab);
  });
});

test('a run that is killed before its fabric runs leaves nothing either', async () => {
  const run = await start('quick-crash');
  await run.command.said(/^building lab /m);
  run.command.signal('SIGKILL');
  await run.command.ended;
  const lab = await run.results.lab();
  // What the dead command had asked the engine for may turn up a moment later.
  await sleep(1000);
  await waitNothingLeft(lab, REAPED_WITHIN_MS);
});

test('two runs at once: each has its own lab and verdict, and both leave nothing', async (context) => {
  const runs = await Promise.all([start('quick-crash'), start('breached')]);
  const ended = await Promise.all(runs.map(({ command }) => command.ended));
  const labs = await Promise.all(runs.map(({ results }) => results.lab()));
  expect(new Set(labs).size).toBe(2);
  for (const lab of labs) await expectNothingLeft(lab);
  for (const { code, stderr } of ended) expect([0, 1, 4], stderr).toContain(code);
  const journals = ended.map(({ stdout }) => JSON.parse(stdout) as Journal);
  for (const [at, { results }] of runs.entries()) {
    const file = path.join((await results.folder())!, 'journal.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(journals[at]);
  }
  const codes = ended.map(({ code }) => code);
  expect(journals.map(({ verdict }) => ({ pass: 0, fail: 1, unknown: 4 })[verdict])).toEqual(codes);
  const starved = journals
    .flatMap(({ trials }) => trials)
    .find((trial) => trial.reason?.startsWith('starved'));
  context.skip(starved !== undefined, starved?.reason);
  expect(codes, ended.map(({ stderr }) => stderr).join('\n')).toEqual([0, 1]);
});
