import { expect, test } from 'vitest';
import { holdersAt } from '../../../harness/evidence/address-holding.ts';

const change = (at_ns: number, node: string, what: 'added' | 'removed') =>
  ({ at_ns, node, change: what, address: '198.18.1.1' }) as const;
const CHANGES = [change(10, 'r2', 'added'), change(20, 'r1', 'removed'), change(30, 'r2', 'removed')];

test('how many hold an address right before a moment', () => {
  expect([10, 11, 20, 21, 31].map((at_ns) => holdersAt('r1', CHANGES, at_ns))).toEqual([1, 2, 2, 1, 0]);
});
