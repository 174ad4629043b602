import path from 'node:path';
import { expect, type TestContext } from 'vitest';
import type { Journal, Trial } from '../../harness/journal/journal.ts';
import { RunResults } from './folder.ts';
import { type Ended, hadrill } from './hadrill.ts';
import { expectNothingLeft } from './labs.ts';
import { skipIfStarved } from './skip-starved.ts';

const MARGIN_MS = 100;
/** What is asked of a takeover at fast adverts, beside the protocol's own bound. */
const FAST_MARGIN_MS = 10;
const NANOSECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/;

export interface Finished extends Ended {
  journal: Journal;
  results: RunResults;
}

/** Runs a drill to its end and checks what holds for every journal. */
export async function runDrill(drill: string, ...options: string[]): Promise<Finished> {
  const results = await RunResults.create();
  const args = ['run', drill, '--seed', '7', '--json', '--out', results.out, ...options];
  const done = await hadrill(args, { timeout_ms: 300_000 });
  expect([0, 1, 4], done.stderr).toContain(done.code);
  await expectNothingLeft(await results.lab());
  const journal = JSON.parse(done.stdout) as Journal;
  expect(done.code).toBe({ pass: 0, fail: 1, unknown: 4 }[journal.verdict]);
  checkContract(journal, drill);
  return { ...done, journal, results };
}

/** The same; a run that the machine starved is skipped, and the test says so. */
export async function runOrSkip(
  context: TestContext,
  drill: string,
  ...options: string[]
): Promise<Finished> {
  const finished = await runDrill(drill, ...options);
  skipIfStarved(context, drill, finished.journal.trials);
  return finished;
}

function checkContract(journal: Journal, drill: string): void {
  const own = path.join(path.basename(path.dirname(drill)), path.basename(drill, '.drill.yml'));
  const name = drill.endsWith('.yml') ? own : drill;
  expect(journal).toMatchObject({ schema: 'hadrill.journal/1', drill: name, seed: 7 });
  expect(journal.started_at).toMatch(NANOSECONDS);
  const { environment } = journal;
  expect(environment.kernel).toMatch(/^\d+\.\d+/);
  expect(environment.engine).toMatch(/^docker \d+\./);
  expect(environment.cpus).toBeGreaterThan(0);
  expect(environment.versions).toMatchObject({
    keepalived: expect.stringMatching(/^\d+\.\d+/),
    conntrackd: expect.stringMatching(/^\d+\.\d+/),
  });
  expect(Object.keys(environment.images).sort()).toEqual([
    'hadrill/endpoint',
    'hadrill/fabric',
    'hadrill/router',
  ]);
  const { memory_bytes = {} } = environment;
  expect(Object.keys(memory_bytes)).not.toHaveLength(0);
  // A node has a supervisor and a shell at least.
  for (const bytes of Object.values(memory_bytes)) expect(bytes).toBeGreaterThan(100_000);
  expect(environment.setup_ms).toMatchObject({ 'every node is up': expect.any(Number) });
  const { 'every node is up': up_ms } = environment.setup_ms!;
  for (const ms of Object.values(environment.node_up_ms!)) expect(ms).toBeLessThanOrEqual(up_ms!);
  for (const digest of Object.values(environment.images)) expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  for (const [at, trial] of journal.trials.entries()) checkTrial(trial, at + 1);
}

/** What a trial must have in which something was broken and measured. */
function checkTrial(trial: Trial, index: number): void {
  expect(trial.index).toBe(index);
  expect(trial.faults, trial.reason).not.toHaveLength(0);
  for (const fault of trial.faults) {
    expect(fault).toMatchObject({ verified: true, resolved: expect.stringMatching(/r[12]/) });
    expect(fault.applied_at).toMatch(NANOSECONDS);
    expect(fault.reverted_at).toMatch(NANOSECONDS);
    expect(Date.parse(fault.reverted_at!)).toBeGreaterThan(Date.parse(fault.applied_at));
  }
  for (const metric of [
    'udp.outage_ms',
    'udp.outage_error_ms',
    'udp.lost',
    'udp.sent',
    'tcp.sessions',
    'tcp.survived',
  ]) {
    expect(trial.metrics, trial.reason).toHaveProperty([metric]);
  }
  expect(trial.audits.map((audit) => audit.name)).toEqual(
    expect.arrayContaining(['nodes-running', 'one-owner', 'vrrp-redundancy']),
  );
}

export function metric(trial: Trial, name: string): number {
  expect(trial.metrics).toHaveProperty([name]);
  return trial.metrics[name]!;
}

/**
 * RFC 9568 §6.1 and keepalived's VRRPv2: a takeover lasts from Master_Down - one interval to Master_Down.
 * @param skew_ms VRRPv3: (256 - priority) x interval / 256; VRRPv2: (256 - priority) / 256 s.
 */
export function expectTakeover(
  trial: Trial,
  advert_ms: number,
  skew_ms: number,
  margin_ms = MARGIN_MS,
): void {
  const master_down_ms = 3 * advert_ms + skew_ms;
  for (const name of ['udp.outage_ms', 'vip.takeover_ms']) {
    const { low, high } = trial.bounds[name]!;
    expect([low, high]).toEqual([
      expect.closeTo(master_down_ms - advert_ms, 3),
      expect.closeTo(master_down_ms, 3),
    ]);
    expect(metric(trial, name)).toBeGreaterThanOrEqual(low - margin_ms);
    expect(metric(trial, name)).toBeLessThanOrEqual(high + margin_ms);
  }
}

/** Two trials at fast adverts; those that were measured are inside their band. */
export async function expectFastTakeover(profile: string, advert_ms: number, skew_ms: number): Promise<void> {
  const { journal, stderr } = await runDrill('l3/node-crash-fast', '--profile', profile, '--trials', '2');
  const measured = journal.trials.filter((trial) => trial.verdict !== 'unknown');
  for (const trial of journal.trials) {
    // What could not be measured says that it was the machine.
    if (trial.verdict === 'unknown') expect(trial.reason, stderr).toMatch(/starved|apart, at most/);
  }
  for (const trial of measured) expectTakeover(trial, advert_ms, skew_ms, FAST_MARGIN_MS);
}

/**
 * The steps of each trial's takeover, in their order, and that they explain the outage: to within its stated
 * error and 5 ms in each trial, and to within 5 ms of an outage known to 20 ms in the best of them (a busy
 * machine delays a request on its way, which widens the stated error).
 */
export function expectPhases(trials: readonly Trial[]): void {
  const remainders_ms = trials.map((trial) => Math.abs(expectSteps(trial)));
  const errors_ms = trials.map((trial) => metric(trial, 'udp.outage_error_ms'));
  for (const [nth, error_ms] of errors_ms.entries()) {
    expect(error_ms).toBeLessThanOrEqual(MARGIN_MS);
    expect(remainders_ms[nth]).toBeLessThanOrEqual(error_ms + 5);
  }
  expect(remainders_ms.some((remainder_ms, nth) => remainder_ms <= 5 && errors_ms[nth]! < 20)).toBe(true);
}

/** The steps of a takeover, in their order. @returns what they leave unexplained of the outage, ms. */
export function expectSteps(trial: Trial): number {
  const names = ['detection', 'election', 'address', 'garp', 'forwarding', 'answer'];
  const phases = names.map((name) => metric(trial, `phase.${name}_ms`));
  for (const phase_ms of phases) expect(phase_ms).toBeGreaterThanOrEqual(0);
  const sum_ms = phases.reduce((sum, phase_ms) => sum + phase_ms, 0);
  const outage_ms = metric(trial, 'udp.outage_ms');
  expect(metric(trial, 'phase.remainder_ms')).toBeCloseTo(outage_ms - sum_ms, 6);
  const moments = trial.timeline.map(({ at_ms }) => at_ms);
  expect(moments).toEqual(moments.toSorted((a, b) => a - b));
  const events = trial.timeline.map(({ event }) => event);
  expect(events).toEqual(
    expect.arrayContaining([
      'last-advert',
      'fault',
      'outage',
      'first-advert',
      'address',
      'first-garp',
      'first-forwarded',
      'first-answer',
      'outage-end',
      'heal',
      'node-back',
    ]),
  );
  return outage_ms - sum_ms;
}
