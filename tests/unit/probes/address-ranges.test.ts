import { describe, expect, test } from 'vitest';
import { addressRange, isInRanges } from '../../../harness/probes/dhcp/address-ranges.ts';
import { portRuns } from '../../../harness/probes/dhcp/dhcp-program.ts';
import { poolClients } from '../../../harness/probes/dhcp/pool-clients.ts';

describe('a range of addresses', () => {
  test.each([
    ['198.18.1.50-198.18.1.99', '198.18.1.50', '198.18.1.99'],
    ['198.18.1.50 - 198.18.1.50', '198.18.1.50', '198.18.1.50'],
    ['198.18.1.128/25', '198.18.1.128', '198.18.1.255'],
    ['198.18.1.130/25', '198.18.1.128', '198.18.1.255'],
    ['198.18.1.7', '198.18.1.7', '198.18.1.7'],
  ])('%s has its two ends', (text, first, last) => {
    const ranges = [addressRange(text)!];
    expect([first, last].map((address) => isInRanges(address, ranges))).toEqual([true, true]);
    expect(isInRanges('198.18.1.49', ranges) || isInRanges('198.18.2.0', ranges)).toBe(false);
  });

  test.each([
    '198.18.1.99-198.18.1.50',
    '198.18.1.0/33',
    '198.18.1.0/',
    '198.18.1-198.18.2',
    '198.18.1.1-198.18.1.2-198.18.1.3',
    '198.18.1.1-198.18.1.0/24',
    'pool',
    '',
    '2001:db8::1-2001:db8::2',
  ])('%j is not one', (text) => {
    expect(addressRange(text)).toBeUndefined();
  });
});

describe('clients of a pool', () => {
  test('are as many as ask in the time until they give up, and some more, each with a MAC of its own', () => {
    const clients = poolClients('dhcp', 10, 60_000, 6);
    expect(clients).toHaveLength(668);
    expect(new Set(clients.map(({ mac }) => mac)).size).toBe(668);
    expect(clients.every(({ mac }) => /^02(:[0-9a-f]{2}){5}$/.test(mac))).toBe(true);
  });

  test('fit into one run', () => {
    const clients = poolClients('dhcp', 10, 60_000, 6);
    expect(portRuns(clients)).toEqual([
      { mac: clients[0]!.mac, mac_step: 37, address: '0.0.0.0', count: 668 },
    ]);
  });

  test('of two probes are not the same', () => {
    const [one, other] = ['one', 'two'].map((name) => poolClients(name, 1, 60_000, 0)[0]!.mac);
    expect(one).not.toBe(other);
    expect(poolClients('one', 1, 60_000, 0)[0]!.mac).toBe(one);
  });
});
