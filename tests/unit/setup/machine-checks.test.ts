import { expect, test } from 'vitest';
import { readTrial } from '../../../harness/setup/fabric-trial.ts';
import { clockOffset, machineChecks } from '../../../harness/setup/machine-checks.ts';

const IDLE = '80 0 20 900 0 0 0 0 0 0';
const after = (user: number, idle: number, steal: number) =>
  `${80 + user} 0 20 ${900 + idle} 0 0 0 ${steal} 0 0`;
const watched = (last: string, source = 'tsc') =>
  readTrial(`clocksource ${source}\ncpu  ${IDLE}\ncpu  ${last}\n`).watched;
const named = (checks: ReturnType<typeof machineChecks>, name: string) =>
  checks.find((check) => check.name === name)!;

test('a machine with room says how much of it is in use, and what its clock is', () => {
  const checks = machineChecks({ cpus: 8 }, watched(after(10, 89, 1)), { ahead_ms: -3.4, error_ms: 1.6 });
  expect(checks.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
  expect(named(checks, 'cores').detail).toBe('8, 10.0 % in use over 10 s');
  expect(named(checks, 'steal').detail).toBe('1.0 % of the processor time over 10 s');
  expect(named(checks, 'clock').detail).toBe("tsc; 3 ± 2 ms behind this machine's");
});

test.each([
  ['one processor', { cpus: 1 }, watched(after(0, 100, 0)), 'cores', /^1, 0.0 %/],
  ['a busy machine', { cpus: 2 }, watched(after(70, 30, 0)), 'cores', /70.0 % in use/],
  ['a hypervisor that takes its share', { cpus: 2 }, watched(after(10, 80, 10)), 'steal', /^10.0 %/],
  ['a slow clock', { cpus: 2 }, watched(after(0, 100, 0), 'hpet'), 'clock', /^hpet/],
  ['no container', { cpus: 2 }, undefined, 'steal', /not looked at/],
] as const)('%s is limited, and nothing is missing', (_, details, look, name, words) => {
  const checks = machineChecks(details, look, undefined);
  expect(named(checks, name)).toMatchObject({ status: 'limited', detail: expect.stringMatching(words) });
  expect(checks.map(({ status }) => status)).not.toContain('missing');
});

test('a clock that is far off is named when no error explains it', () => {
  const clock = (ahead_ms: number, error_ms: number) =>
    named(machineChecks({ cpus: 2 }, watched(after(0, 100, 0)), { ahead_ms, error_ms }), 'clock');
  expect(clock(5000, 20)).toMatchObject({ status: 'limited', remedy: expect.stringContaining('NTP') });
  expect(clock(1500, 800).status).toBe('ok');
});

test('the time of an engine is held against the middle of the question and its answer', async () => {
  const docker = (SystemTime?: string) => ({ docker: { info: async () => ({ SystemTime }) } }) as never;
  const ahead = await clockOffset(docker(new Date(Date.now() + 60_000).toISOString()));
  expect(ahead!.ahead_ms).toBeGreaterThan(59_000);
  expect(ahead!.ahead_ms).toBeLessThan(61_000);
  expect(ahead!.error_ms).toBeGreaterThanOrEqual(0);
  expect(await clockOffset(docker())).toBeUndefined();
});

test('a trial in which nothing was watched has nothing of it', () => {
  expect(readTrial('caps 0\n')).not.toHaveProperty('watched');
});
