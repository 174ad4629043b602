import { describe, expect, test } from 'vitest';
import { faultKind } from '../../../harness/faults/registry.ts';
import { InputError } from '../../../harness/ground/errors.ts';

describe('options of remove-address', () => {
  const { checkOptions } = faultKind('remove-address');

  test.each([
    ['198.18.1.100', 'node'],
    ['2001:db8::1', 'node'],
    ['2001:DB8:0::1', 'interface'],
  ] as const)('address %s of a %s', (address, form) => {
    expect(() => checkOptions?.({ address }, form)).not.toThrow();
  });

  test('an interface may leave the choice open, a node may not', () => {
    expect(() => checkOptions?.({}, 'interface')).not.toThrow();
    expect(() => checkOptions?.({}, 'node')).toThrow(/needs the option address/);
  });

  test.each(['198.18.1', '198.18.1.256', 'vip', '', 'fe80::1%eth0', '198.18.1.100 '])(
    '%j is not an address',
    (address) => {
      expect(() => checkOptions?.({ address }, 'interface')).toThrow(InputError);
      expect(() => checkOptions?.({ address }, 'interface')).toThrow(`'${address}' is not an address`);
    },
  );

  test('one with a prefix is told to leave it out', () => {
    expect(() => checkOptions?.({ address: '198.18.1.100/24' }, 'node')).toThrow(
      expect.objectContaining({ remedy: 'leave the length of the prefix out' }),
    );
  });
});

test('standby takes no options and nodes only', () => {
  expect(faultKind('standby')).toMatchObject({ targets: ['node'], options: {} });
});

describe('options of filter', () => {
  const { checkOptions } = faultKind('filter');
  const said = (options: Record<string, string>) => () => checkOptions?.(options, 'interface');

  test.each([
    {},
    { protocol: 'vrrp' },
    { protocol: 'udp', port: '53', direction: 'from', rate: '10' },
    { direction: 'to', rate: '100' },
  ] as Record<string, string>[])('%j is taken', (options) => {
    expect(said(options)).not.toThrow();
  });

  test.each<[Record<string, string>, string]>([
    [{ protocol: 'ospf' }, "not 'ospf'"],
    [{ port: '53' }, 'any has no ports'],
    [{ protocol: 'vrrp', port: '53' }, 'vrrp has no ports'],
    [{ protocol: 'udp', port: '0' }, "not '0'"],
    [{ protocol: 'udp', port: '65536' }, "not '65536'"],
    [{ protocol: 'udp', port: 'dns' }, "not 'dns'"],
    [{ direction: 'in' }, "not 'in'"],
    [{ rate: '0' }, "not '0'"],
    [{ rate: '101' }, "not '101'"],
    [{ rate: '10%' }, "not '10%'"],
    [{ rate: '1; drop' }, "not '1; drop'"],
  ])('%j is not', (options, words) => {
    expect(said(options)).toThrow(InputError);
    expect(said(options)).toThrow(words);
  });
});

describe('options of exec', () => {
  const { checkOptions } = faultKind('exec');
  const said = (options: Record<string, string>) => () => checkOptions?.(options, 'node');
  const both = { apply: 'touch /x', revert: 'rm -f /x' };

  test('the two commands, and everything', () => {
    expect(said(both)).not.toThrow();
    const more = { check: 'test -e /x', check_reverted: 'test ! -e /x', timeout: '500ms' };
    expect(said({ ...both, ...more, departure: 'graceful', stops_forwarding: 'yes' })).not.toThrow();
  });

  test.each<[Record<string, string>, string]>([
    [{}, 'exec needs the option apply'],
    [{ apply: 'true' }, 'exec needs the option revert'],
    [{ ...both, check: ' ' }, 'check of exec is an empty command'],
    [{ ...both, timeout: '61s' }, "not '61s'"],
    [{ ...both, timeout: '0s' }, "not '0s'"],
    [{ ...both, timeout: 'soon' }, "'soon'"],
    [{ ...both, departure: 'slow' }, "not 'slow'"],
    [{ ...both, stops_forwarding: 'true' }, "not 'true'"],
  ])('%j is not', (options, words) => {
    expect(said(options)).toThrow(InputError);
    expect(said(options)).toThrow(words);
  });
});

describe.each<[string, Record<string, string>[], [Record<string, string>, string][]]>([
  [
    'loss',
    [{}, { ratio: '0.01' }, { ratio: '12.5%' }, { ratio: '100', protocol: 'udp', port: '53' }],
    [
      [{ ratio: '0' }, "not '0'"],
      [{ ratio: '0.001' }, "not '0.001'"],
      [{ ratio: '100.01' }, "not '100.01'"],
      [{ ratio: 'half' }, "not 'half'"],
      [{ direction: 'in' }, "not 'in'"],
      [{ port: '53' }, 'any has no ports'],
    ],
  ],
  ['duplicate', [{}, { ratio: '50', direction: 'to' }], [[{ ratio: '-1' }, "not '-1'"]]],
  ['corrupt', [{}, { protocol: 'vrrp' }], [[{ protocol: 'arp' }, 'arp has none']]],
  [
    'mtu',
    [{}, { bytes: '68' }, { bytes: '9000', direction: 'from' }],
    [
      [{ bytes: '67' }, "not '67'"],
      [{ bytes: '9001' }, "not '9001'"],
      [{ bytes: '1400.5' }, "not '1400.5'"],
    ],
  ],
  ['blackhole', [{}, { protocol: 'tcp', port: '80' }], [[{ port: '80' }, 'any has no ports']]],
  ['one-way', [{}, { lost: 'to' }], [[{ lost: 'both' }, "not 'both'"]]],
  [
    'rate',
    [{}, { limit: '8kbit' }, { limit: '10gbit', queue: '10s' }, { limit: '1.5mbit' }],
    [
      [{ limit: '7kbit' }, "not '7kbit'"],
      [{ limit: '11gbit' }, "not '11gbit'"],
      [{ limit: '1Mbps' }, "not '1Mbps'"],
      [{ queue: '0s' }, "not '0s'"],
    ],
  ],
  [
    'delay',
    [{}, { time: '1ms' }, { time: '20ms', jitter: '20ms' }],
    [
      [{ time: '11s' }, "not '11s'"],
      [{ time: 'long' }, "'long'"],
      [{ time: '20ms', jitter: '21ms' }, "not '21ms'"],
    ],
  ],
  [
    'flap',
    [{}, { period: '100ms', duty: '1', kind: 'frames' }, { period: '60s', duty: '99' }],
    [
      [{ period: '99ms' }, "not '99ms'"],
      [{ duty: '0' }, "not '0'"],
      [{ duty: '100' }, "not '100'"],
      [{ kind: 'plug' }, "not 'plug'"],
    ],
  ],
  ['isolate', [{}, { kind: 'carrier' }], [[{ kind: 'both' }, "not 'both'"]]],
  [
    'partition',
    [{}, { groups: 'a|b' }, { groups: 'a, b|b,c' }],
    [
      [{ groups: 'a,b' }, "not 'a,b'"],
      [{ groups: 'a|' }, "not 'a|'"],
      [{ groups: '' }, "not ''"],
    ],
  ],
  [
    'duplicate-address',
    [{ address: '198.18.1.1' }, { address: '2001:db8::1', every: '10ms' }],
    [
      [{}, 'needs the option address'],
      [{ address: '198.18.1.1/24' }, 'is not an address'],
      [{ address: '198.18.1.1', every: '9ms' }, "not '9ms'"],
    ],
  ],
  ['arp-poison', [{ address: '198.18.1.1' }], [[{ address: 'vip' }, "'vip' is not an address"]]],
  [
    'mac-flap',
    [{}, { mac: '00:00:5e:00:01:0A' }],
    [
      [{ mac: 'ff:ff:ff:ff:ff:ff' }, "not 'ff:ff:ff:ff:ff:ff'"],
      [{ mac: '02:00:00' }, "not '02:00:00'"],
    ],
  ],
  ['reorder', [{}, { ratio: '50', time: '5ms' }], [[{ ratio: '101' }, "not '101'"]]],
])('options of %s', (kind, taken, refused) => {
  const said = (options: Record<string, string>) => () =>
    faultKind(kind).checkOptions?.(options, 'interface');

  test.each(taken)('%j is taken', (options) => {
    expect(said(options)).not.toThrow();
  });

  test.each(refused)('%j is not', (options, words) => {
    expect(said(options)).toThrow(InputError);
    expect(said(options)).toThrow(words);
  });
});
