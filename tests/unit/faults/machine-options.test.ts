import { describe, expect, test } from 'vitest';
import { faultKind } from '../../../harness/faults/registry.ts';
import { InputError } from '../../../harness/ground/errors.ts';

type Row = [
  kind: string,
  form: 'node' | 'process',
  good: Record<string, string>[],
  bad: [Record<string, string>, string][],
];

describe.each<Row>([
  [
    'cpu-starve',
    'node',
    [{}, { percent: '0.1', period: '1s' }, { percent: '100', period: '1ms' }],
    [
      [{ percent: '0' }, "not '0'"],
      [{ percent: '5%' }, "not '5%'"],
      [{ period: '2s' }, "not '2s'"],
      [{ percent: '5', period: '10ms' }, 'less than the 1ms that the kernel gives at least'],
    ],
  ],
  ['reboot', 'node', [{}, { down: '0s' }, { down: '60s' }], [[{ down: '61s' }, '60s at most, not 61s']]],
  [
    'upgrade',
    'node',
    [{ image: 'router:2' }],
    [
      [{}, 'needs the option image'],
      [{ image: ' ' }, 'needs the option image'],
    ],
  ],
  [
    'kill-loop',
    'process',
    [{}, { signal: 'TERM', lives: '2s', supervised: 'yes' }],
    [
      [{ signal: 'SIGSTOP' }, 'SIGSTOP does not end a process'],
      [{ lives: '61s' }, '60s at most, not 61s'],
      [{ supervised: 'on' }, "not 'on'"],
    ],
  ],
  [
    'fd-exhaust',
    'process',
    [{}, { left: '3' }],
    [
      [{ left: '-1' }, "not '-1'"],
      [{ left: 'all' }, "not 'all'"],
    ],
  ],
  ['port-exhaust', 'node', [{}, { left: '10' }], [[{ left: '70000' }, "not '70000'"]]],
  [
    'bad-config',
    'process',
    [{ file: '/etc/x.conf' }, { file: '/etc/x.conf', line: 'x', signal: 'USR1' }],
    [
      [{}, 'needs the option file'],
      [{ file: 'x.conf' }, "not 'x.conf'"],
      [{ file: '/x', line: ' ' }, 'one line that is not empty'],
      [{ file: '/x', signal: 'HANGUP' }, "'HANGUP' is not a signal"],
    ],
  ],
  ...['disk-full', 'read-only-fs'].map(
    (kind): Row => [
      kind,
      'node',
      [{ path: '/var/lib/misc' }, { path: '/srv', open: 'keep' }],
      [
        [{}, 'needs the option path'],
        [{ path: '/' }, "not '/'"],
        [{ path: 'var/lib' }, "not 'var/lib'"],
        [{ path: '/var/../etc' }, "not '/var/../etc'"],
        [{ path: '/srv/' }, "not '/srv/'"],
        [{ path: '/srv', open: 'yes' }, "refuse or keep, not 'yes'"],
      ],
    ],
  ),
])('options of %s', (kind, form, good, bad) => {
  const said = (options: Record<string, string>) => () => faultKind(kind).checkOptions?.(options, form);

  test.each(good)('%j is taken', (options) => expect(said(options)).not.toThrow());

  test.each(bad)('%j is not', (options, words) => {
    expect(said(options)).toThrow(InputError);
    expect(said(options)).toThrow(words);
  });
});

test.each([
  ['neighbours-full', 'one neighbour table for all network namespaces'],
  ['clock-step', 'one CLOCK_REALTIME'],
  ['rolling-restart', 'several faults'],
  ['rolling-upgrade', 'several faults'],
])('%s is refused with the reason', (kind, words) => {
  expect(() => faultKind(kind)).toThrow(InputError);
  expect(() => faultKind(kind)).toThrow(words);
});
