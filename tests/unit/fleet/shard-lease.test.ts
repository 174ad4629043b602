import { describe, expect, test } from 'vitest';
import { ShardLease, shardCount } from '../../../harness/fleet/shard-lease.ts';

test.each([
  [12, 2, undefined, 4],
  [3, 2, undefined, 3],
  [1, 8, undefined, 1],
  [12, 2, 6, 6],
  [4, 2, 9, 4],
])('%i trials on %i nodes, asked for %j shards: %i', (trials, nodes, asked, shards) => {
  expect(shardCount(trials, nodes, asked)).toBe(shards);
});

describe('shards', () => {
  test('go each to one node at a time, in order, until all are home', () => {
    const lease = new ShardLease(3);
    expect(lease.next('a', ['b'])).toEqual({ shard: 1, attempt: 1 });
    expect(lease.next('b', ['a'])).toEqual({ shard: 2, attempt: 1 });
    lease.done(2);
    expect(lease.next('b', ['a'])).toEqual({ shard: 3, attempt: 1 });
    expect(lease.next('b', ['a'])).toBeUndefined();
    expect(lease.unfinished).toBe(true);
    lease.done(1);
    lease.done(3);
    expect(lease.unfinished).toBe(false);
    expect(lease.missing).toEqual([]);
  });

  test('one that was lost is made by another node, and before the others', () => {
    const lease = new ShardLease(2);
    lease.next('a', ['b']);
    lease.lost(1, 'it is down');
    expect(lease.next('a', ['b'])).toEqual({ shard: 2, attempt: 1 });
    expect(lease.next('b', ['a'])).toEqual({ shard: 1, attempt: 2 });
  });

  test('where there is no other node, the one that lost it makes it again', () => {
    const lease = new ShardLease(1);
    lease.next('a', ['b']);
    lease.lost(1, 'it is down');
    expect(lease.next('a', ['b'])).toBeUndefined();
    expect(lease.next('a', [])).toEqual({ shard: 1, attempt: 2 });
  });

  test('one that three nodes have lost is given up, and says why', () => {
    const lease = new ShardLease(2);
    for (const node of ['a', 'b', 'c']) {
      expect(lease.next(node, ['a', 'b', 'c'])?.shard).toBe(1);
      lease.lost(1, `no room on ${node}`);
    }
    expect(lease.next('a', ['b'])).toEqual({ shard: 2, attempt: 1 });
    lease.done(2);
    expect(lease.unfinished).toBe(false);
    expect(lease.missing).toEqual([{ shard: 1, why: 'a: no room on a; b: no room on b; c: no room on c' }]);
  });

  test('what nobody took is missing too', () => {
    expect(new ShardLease(1).missing).toEqual([{ shard: 1, why: 'no node was left for it' }]);
  });
});
