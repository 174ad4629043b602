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
