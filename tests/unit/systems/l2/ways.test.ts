import { describe, expect, test } from 'vitest';
import { Ways } from '../../../../harness/systems/l2/config/ways.ts';

const switches = ['sw1', 'sw2', 'sw3', 'sw4'].map((node) => ({ node }));

describe('machines on two switches', () => {
  const ways = new Ways(
    [
      ['vm1', 'sw1'],
      ['vm2', 'sw1'],
      ['sw1', 'sw2'],
      ['vm3', 'sw2'],
    ],
    switches.slice(0, 2),
  );

  test('the switches on the only way', () => {
    expect(ways.between('vm1', 'vm2')).toEqual(['sw1']);
    expect(ways.between('vm1', 'vm3')).toEqual(['sw1', 'sw2']);
    expect(ways.between('vm1', 'elsewhere')).toEqual([]);
  });

  test('the pairs that a switch lies between', () => {
    expect([...ways.pairsAcross('sw2')]).toEqual(['vm1 vm3', 'vm2 vm3']);
    expect([...ways.pairsAcross('sw1')]).toEqual(['vm1 vm2', 'vm1 vm3', 'vm2 vm3']);
    expect(ways.isInside('sw1', 'vm1 vm2')).toBe(true);
    expect(ways.isInside('sw1', 'vm1 vm3')).toBe(false);
  });

  test('a machine with two wires carries nothing on', () => {
    const ring = new Ways(
      [
        ['vm1', 'sw1'],
        ['sw1', 'sw2'],
        ['sw1', 'vm9'],
        ['vm9', 'sw2'],
        ['vm3', 'sw2'],
      ],
      switches.slice(0, 2),
    );
    expect(ring.between('vm1', 'vm3')).toEqual(['sw1', 'sw2']);
  });
});

test('with a router on each of two switches none of these is on the only way', () => {
  const ways = new Ways(
    [
      ['vm1', 'sw1'],
      ['sw1', 'sw3'],
      ['sw1', 'sw4'],
      ['sw3', 'r1'],
      ['sw4', 'r2'],
      ['r1', 'server'],
      ['r2', 'server'],
    ],
    switches,
  );
  expect(ways.between('vm1', 'server')).toEqual(['sw1']);
});
