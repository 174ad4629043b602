import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { expect, onTestFinished } from 'vitest';
import type { Trial } from '../../harness/journal/journal.ts';
import { expectSteps, metric, runDrill } from './drills.ts';

/** Keeps every processor busy until the test ends. */
function starve(loops_per_cpu: number): void {
  const loops = Array.from({ length: loops_per_cpu * availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  onTestFinished(() => {
    for (const loop of loops) loop.kill('SIGKILL');
  });
}

/** A trial that counts has numbers that two witnesses, the client and the wire, agree on. */
function expectRight(trial: Trial): void {
  const remainder_ms = expectSteps(trial);
  const [outage_ms, error_ms] = [metric(trial, 'udp.outage_ms'), metric(trial, 'udp.outage_error_ms')];
  expect(Math.abs(remainder_ms)).toBeLessThanOrEqual(error_ms + 5);
  expect(Math.abs(outage_ms - metric(trial, 'vip.takeover_ms'))).toBeLessThanOrEqual(error_ms + 5);
  expect(metric(trial, 'vip.detection_ms') - metric(trial, 'vip.fault_phase_ms')).toBeLessThanOrEqual(
    outage_ms + error_ms,
  );
}

/** Trials on a starved machine are unknown or repeated; one that passes is right. @returns every trial that was made. */
export async function expectNoWrongPass(loops_per_cpu: number): Promise<Trial[]> {
  starve(loops_per_cpu);
  const { journal, code } = await runDrill('l3/node-crash-fast');
  const passed = journal.trials.filter(({ verdict }) => verdict === 'pass');
  for (const trial of passed) expectRight(trial);
  const all = [...journal.trials, ...journal.repeated];
  for (const trial of all) {
    if (trial.verdict === 'unknown') expect(trial.reason).toBeTruthy();
  }
  if (passed.length < journal.trials.length) expect(code).not.toBe(0);
  return all;
}
