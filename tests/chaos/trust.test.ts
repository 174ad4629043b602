import { spawn } from 'node:child_process';
import { glob, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import type { Journal, Trial } from '../../harness/journal/journal.ts';
import { expectFastTakeover, expectPhases, metric, runDrill, runOrSkip } from '../support/drills.ts';
import { hadrill } from '../support/hadrill.ts';

test('l3/node-crash-fast: the takeover is inside its band + 10 ms', async () => {
  await expectFastTakeover('fast', 100, (206 / 256) * 100);
});

test('everything derived deleted: the report gives the same numbers, and tshark reads every capture', async (context) => {
  const { journal, results } = await runOrSkip(context, 'l3/node-crash-fast');
  const folder = (await results.folder())!;
  await rm(path.join(folder, 'journal.json'));
  const again = await hadrill(['report', folder, '--format', 'json']);
  expect(again.code, again.stderr).toBe(0);
  expect(JSON.parse(again.stdout) as Journal).toEqual(journal);
  const captures: string[] = [];
  for await (const file of glob('trial-*/*.pcap', { cwd: folder })) captures.push(file);
  expect(captures.map((file) => path.basename(file)).sort()).toEqual([
    'ha.pcap',
    'inside.pcap',
    'outside.pcap',
  ]);
  const tshark = await execa('tshark', ['--version'], { reject: false });
  context.skip(tshark.exitCode !== 0, 'there is no tshark here');
  for (const file of captures) {
    const read = await execa(
      'tshark',
      ['-r', path.join(folder, file), '-Y', 'vrrp || arp || udp.port == 7001'],
      {
        reject: false,
        maxBuffer: 1e9,
      },
    );
    expect(read.exitCode, read.stderr).toBe(0);
    expect(read.stderr.replace(/^Running as user .*$/m, '').trim()).toBe('');
    expect(read.stdout).toMatch(file.endsWith('ha.pcap') ? /VRRP/ : /UDP/);
  }
});

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
  expectPhases(trial);
  const [outage_ms, error_ms] = [metric(trial, 'udp.outage_ms'), metric(trial, 'udp.outage_error_ms')];
  expect(Math.abs(outage_ms - metric(trial, 'vip.takeover_ms'))).toBeLessThanOrEqual(error_ms + 5);
  expect(metric(trial, 'vip.detection_ms') - metric(trial, 'vip.fault_phase_ms')).toBeLessThanOrEqual(
    outage_ms + error_ms,
  );
}

test.each([1, 8])(
  'a starved machine, %i busy loops per core: unknown or repeated, never a wrong pass',
  async (loops) => {
    starve(loops);
    const { journal, code } = await runDrill('l3/node-crash-fast');
    const passed = journal.trials.filter(({ verdict }) => verdict === 'pass');
    for (const trial of passed) expectRight(trial);
    for (const trial of [...journal.trials, ...journal.repeated]) {
      if (trial.verdict === 'unknown') expect(trial.reason).toBeTruthy();
    }
    if (passed.length < journal.trials.length) expect(code).not.toBe(0);
    // With so many that nobody is ever run at once, it must be noticed.
    if (loops > 1)
      expect(journal.trials.concat(journal.repeated).some(({ reason }) => /starved/.test(reason ?? ''))).toBe(
        true,
      );
  },
);
