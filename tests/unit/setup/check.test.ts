import { expect, test } from 'vitest';
import { versionAtLeast } from '../../../harness/engine/least-version.ts';
import { type Check, checksExitCode, formatChecks } from '../../../harness/setup/check.ts';

const checks: Check[] = [
  { name: 'node', status: 'ok', detail: '24.1.0' },
  { name: 'kernel: faults', status: 'limited', detail: 'absent: netem', remedy: 'modprobe it' },
  { name: 'engine', status: 'missing', detail: 'no engine\n  at all', remedy: 'start it' },
];

test('one line a check, in columns, whatever is in the detail', () => {
  expect(formatChecks(checks).split('\n')).toEqual([
    'ok       node            24.1.0',
    'limited  kernel: faults  absent: netem — modprobe it',
    'missing  engine          no engine; at all — start it',
  ]);
  expect(formatChecks([])).toBe('');
  expect(formatChecks([{ engine: 'lab2', name: 'images', status: 'ok', detail: 'all' }])).toBe(
    'ok       lab2: images  all',
  );
});

test('what a terminal would obey is taken out', () => {
  const detail = 'a\u001b[31m red\u001b[0m engine\u0007\u202e';
  expect(formatChecks([{ name: 'engine', status: 'ok', detail }])).toBe(
    'ok       engine  a red engine\ufffd\ufffd',
  );
});

test('only what is missing fails', () => {
  expect(checksExitCode(checks)).toBe(3);
  expect(checksExitCode(checks.slice(0, 2))).toBe(0);
});

test.each([
  ['22.18.0', true],
  ['v24.0.0', true],
  ['22.17.9', false],
  ['9.99', false],
  ['22', false],
  ['23-rc1', true],
])('%s is at least 22.18: %s', (version, enough) => {
  expect(versionAtLeast(version, [22, 18])).toBe(enough);
});
