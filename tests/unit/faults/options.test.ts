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
    '%j is no address',
    (address) => {
      expect(() => checkOptions?.({ address }, 'interface')).toThrow(InputError);
      expect(() => checkOptions?.({ address }, 'interface')).toThrow(`'${address}' is no address`);
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
