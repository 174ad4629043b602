import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { type Calibration, LIMITS } from '../../harness/calibration/calibration.ts';
import { SORTS } from '../../harness/calibration/plan.ts';
import { freshFolder } from './folder.ts';
import { hadrill } from './hadrill.ts';
import { expectNothingLeft } from './labs.ts';

/** What a machine that is held up by others adds at worst: a cut that was spoiled is still no nonsense. */
const SPOILED_MS = 250;

/** Runs `hadrill calibrate` with a cut of every sort for each length, and checks all that it says. */
export async function expectCalibrated(lengths_ms: readonly number[], null_s: number): Promise<void> {
  const cuts_asked = lengths_ms.length * SORTS.length;
  const out = await freshFolder();
  const args = ['calibrate', '--json', '--cuts', String(cuts_asked), '--null', `${null_s}s`, '--seed', '1'];
  const done = await hadrill([...args, '--out', out], { timeout_ms: 175_000 });
  const calibration = JSON.parse(done.stdout) as Calibration;
  const { cuts, null_run, summary } = calibration;
  expect(calibration).toMatchObject({
    schema: 'hadrill.calibration/1',
    seed: 1,
    started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/),
    environment: { kernel: expect.any(String), cpus: expect.any(Number) },
  });
  expect(cuts.length).toBeGreaterThanOrEqual(cuts_asked);
  expect(cuts.length).toBeLessThanOrEqual(2 * cuts_asked);
  expect(cuts.map((cut) => cut.index)).toEqual(cuts.map((_, at) => at + 1));
  for (const { kind, direction } of SORTS) {
    const lengths = cuts.filter((cut) => cut.kind === kind && cut.direction === direction);
    expect(new Set(lengths.map((cut) => cut.asked_ms))).toEqual(new Set(lengths_ms));
  }
  checkCuts(calibration);
  expect(null_run.duration_ms).toBeGreaterThanOrEqual(null_s * 1000);
  expect(null_run.sent).toBeGreaterThan(null_s * 900);
  expect(null_run.sessions).toBe(50);
  if (null_run.accepted) expect(null_run).toMatchObject({ outages: 0, resets: 0, dead: 0 });

  const accepted = cuts.filter((cut) => cut.accepted).length;
  expect(summary).toMatchObject({ asked: cuts_asked, cuts: cuts.length, accepted });
  if (summary.verdict === 'unknown') {
    expect(summary.reasons.length).toBeGreaterThan(0);
    for (const reason of summary.reasons) expect(reason).toContain('starved');
    expect(done.code).toBe(4);
  } else {
    expect(summary.reasons).toEqual([]);
    expect(summary.verdict).toBe('pass');
    expect(done.code).toBe(0);
    expect(summary.probe!.p99_abs_error_ms).toBeLessThanOrEqual(2);
    expect(summary.observer!.p99_abs_error_ms).toBeLessThanOrEqual(1);
  }

  const lab = /lab '(calibration-[0-9a-f]{8})'/.exec(done.stderr)![1]!;
  const folder = path.join(out, 'calibration', (await readdir(path.join(out, 'calibration')))[0]!);
  const files = await readdir(folder);
  expect(files).toEqual(
    expect.arrayContaining(['calibration.json', 'cuts-1-8-udp.csv', 'cuts-1-8-wire.pcap']),
  );
  expect(JSON.parse(await readFile(path.join(folder, 'calibration.json'), 'utf8'))).toEqual(calibration);
  await expectNothingLeft(lab);
}

function checkCuts({ cuts }: Calibration): void {
  for (const cut of cuts) {
    const what = JSON.stringify(cut);
    expect(Math.abs(cut.true_ms - cut.asked_ms), what).toBeLessThan(SPOILED_MS);
    expect(cut.probe.error_ms, what).toBeCloseTo(cut.probe.outage_ms - cut.true_ms, 6);
    expect(cut.observer.error_ms, what).toBeCloseTo(cut.observer.outage_ms - cut.true_ms, 6);
    if (cut.accepted) {
      expect(cut.true_error_ms, what).toBeLessThanOrEqual(LIMITS.conditions.true_error_ms);
      expect(Math.abs(cut.probe.error_ms), what).toBeLessThan(10);
      expect(Math.abs(cut.observer.error_ms), what).toBeLessThan(10);
    } else {
      expect(cut.reason, what).toMatch(/^starved/);
    }
  }
}
