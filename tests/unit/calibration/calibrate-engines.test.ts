import { expect, test } from 'vitest';
import { calibrateEngines } from '../../../harness/calibration/calibrate-engines.ts';
import { type Calibration, LIMITS } from '../../../harness/calibration/calibration.ts';
import type { CalibrationOptions } from '../../../harness/calibration/run-calibration.ts';
import type { NamedEngine } from '../../../harness/engine/connect-engines.ts';
import { EnvironmentError, InterruptedError } from '../../../harness/ground/errors.ts';
import { calibrationsText } from '../../../harness/report/calibrations-text.ts';

const engine = (name: string, machine: string) =>
  ({ name, details: { machine, cpus: 2 } }) as unknown as NamedEngine;
const ENGINES = [engine('a', 'lab1'), engine('b', 'lab1'), engine('c', 'lab2')];
const options = (): CalibrationOptions => ({ cuts: 1, seed: 7, null_ms: 1000 });

const calibration = {
  seed: 7,
  cuts: [],
  null_run: { duration_ms: 1000, outages: 0, resets: 0, dead: 0, sessions: 50, lost: 0, sent: 1000 },
  summary: {
    ...{ asked: 1, cuts: 1, accepted: 1, accepted_ratio: 1, null_outages: 0, null_resets: 0 },
    probe: { p50_abs_error_ms: 0.1, p99_abs_error_ms: 0.61, max_abs_error_ms: 0.61, bias_ms: 0 },
    ...{ observer: null, verdict: 'pass', reasons: [], limits: LIMITS },
  },
} as unknown as Calibration;

test('engines of one machine are calibrated one after the other, those of others meanwhile', async () => {
  const events: string[] = [];
  const gates = new Map(ENGINES.map((one) => [one.name, Promise.withResolvers<void>()]));
  const make = async ({ name }: NamedEngine) => {
    events.push(`${name} begins`);
    await gates.get(name)!.promise;
    events.push(`${name} ends`);
    return calibration;
  };
  const all = calibrateEngines(ENGINES, options, new AbortController().signal, make as never);
  await Promise.resolve();
  expect(events).toEqual(['a begins', 'c begins']);
  for (const { resolve } of gates.values()) resolve();
  expect((await all).map((one) => one.engine)).toEqual(['a', 'b', 'c']);
  expect(events.indexOf('b begins')).toBeGreaterThan(events.indexOf('a ends'));
});

test('one that cannot be calibrated has a line that says why, and the others have their numbers', async () => {
  const make = ({ name }: NamedEngine) =>
    name === 'b'
      ? Promise.reject(new EnvironmentError('its disk is full', { remedy: 'make room' }))
      : Promise.resolve(calibration);
  const made = await calibrateEngines(ENGINES, options, new AbortController().signal, make as never);
  expect(made.map(({ exit_code }) => exit_code)).toEqual([0, 3, 0]);
  const lines = calibrationsText(made).trimEnd().split('\n').slice(-4);
  expect(lines[1]).toMatch(/^a +pass +1\/1 +0.61 ms +- +lab1$/);
  expect(lines[2]).toMatch(/^b +none .* its disk is full: make room$/);
  expect(lines[3]).toMatch(/^c +pass .* lab2$/);
});

test('Ctrl-C ends it when each has removed its lab', async () => {
  const stop = new AbortController();
  let removed = 0;
  const make = async () => {
    await new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
    removed += 1;
    throw new InterruptedError('interrupted: the lab was removed');
  };
  const all = calibrateEngines(ENGINES, options, stop.signal, make as never);
  stop.abort();
  await expect(all).rejects.toThrow('interrupted: the labs were removed');
  expect(removed).toBe(2);
});

test('an error that hadrill did not foresee is passed on', async () => {
  const make = () => Promise.reject(new TypeError('a defect'));
  await expect(
    calibrateEngines(ENGINES, options, new AbortController().signal, make as never),
  ).rejects.toThrow('a defect');
});
