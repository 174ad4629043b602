import { expect, test } from 'vitest';
import type { AddressEvent } from '../../../../../harness/journal/trial-facts.ts';
import { takeoversIn } from '../../../../../harness/systems/vrrp/findings/takeovers-in.ts';
import { ROUTER } from '../../../analysis/takeovers.ts';

/** `+r2` is r2 getting the address, `-r1` r1 losing it. */
function changes(...words: string[]): AddressEvent[] {
  return words.map((word, at) => ({
    at_ns: at,
    node: word.slice(1),
    change: word.startsWith('+') ? 'added' : 'removed',
    address: ROUTER.vip,
  }));
}

const found = (...words: string[]) => ({ router: { ...ROUTER, owner: 'r1' }, changes: changes(...words) });

test.each([
  ['nothing', [], 0],
  ['an owner that gets back what it lost', ['-r1', '+r1'], 0],
  ['a standby', ['-r1', '+r2'], 1],
  ['a standby beside a hung owner, which loses the address later', ['+r2', '-r1'], 1],
  ['a standby, and the owner of before again', ['-r1', '+r2', '-r2', '+r1'], 2],
])('%s: %j is %d takeovers', (_, words, count) => {
  expect(takeoversIn([found(...words)])).toBe(count);
});

test('of several routers all count', () => {
  expect(takeoversIn([found('-r1', '+r2'), found(), found('+r2')])).toBe(2);
});
