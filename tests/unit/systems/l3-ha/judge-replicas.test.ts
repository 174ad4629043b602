import { describe, expect, test } from 'vitest';
import { judgeReplicas, type ReplicaSeen } from '../../../../harness/systems/l3-ha/live/judge-replicas.ts';

const R1 = { router: 'r1', vip: '198.18.1.1', exists: true };

function seen(host: string, more: Partial<ReplicaSeen> = {}): ReplicaSeen {
  const daemons = [
    { name: 'conntrackd', state: 'runs' as const },
    { name: 'keepalived', state: 'runs' as const },
  ];
  return { node: `r1-${host}`, host, bound: true, holds: false, up: true, daemons, ...more };
}

const spare = seen('node3', { bound: false, daemons: [{ name: 'keepalived', state: 'none' }] });

test('as many as there are to be, where they are to be', () => {
  expect(judgeReplicas(R1, [seen('node1'), seen('node2'), spare], 2)).toEqual({
    ...{ name: 'l3-replicas', verdict: 'pass' },
    detail: "router 'r1': its daemons run on node1 and node2 and nowhere else",
  });
});

test.each([
  ['one too few', [seen('node1'), spare], /it is bound to 1 hosts, of 2 that it is to have/],
  ['a node is down', [seen('node1'), seen('node2', { up: false })], /r1-node2 is down/],
  [
    'a daemon is missing',
    [seen('node1'), seen('node2', { daemons: [{ name: 'conntrackd', state: 'none' }] })],
    /no conntrackd runs on r1-node2/,
  ],
  [
    'a daemon is stopped',
    [seen('node1'), seen('node2', { daemons: [{ name: 'keepalived', state: 'stopped' }] })],
    /the keepalived of r1-node2 is not well \(stopped\)/,
  ],
  [
    'a replica where none is to be',
    [seen('node1'), seen('node2'), seen('node3', { bound: false })],
    /conntrackd and keepalived runs on r1-node3, to which it is not bound/,
  ],
])('%s', (_, places, problem) => {
  const { verdict, detail } = judgeReplicas(R1, places, 2);
  expect(verdict).toBe('fail');
  expect(detail).toMatch(problem);
});

describe('a router that is not created', () => {
  const absent = { ...R1, exists: false };
  const idle = ['node1', 'node2'].map((host) => seen(host, { bound: false, daemons: spare.daemons }));

  test('runs nowhere', () => {
    expect(judgeReplicas(absent, idle, 0)).toEqual({
      ...{ name: 'l3-replicas', verdict: 'pass' },
      detail: "router 'r1': it is not created, and runs nowhere: nobody holds 198.18.1.1",
    });
  });

  test.each([
    ['holds its address', { holds: true }, /r1-node2 holds 198.18.1.1, and it is not bound to it/],
    [
      'runs a daemon of it',
      { daemons: [{ name: 'keepalived', state: 'runs' as const }] },
      /keepalived runs on/,
    ],
  ])('a place that %s is a finding', (_, more, words) => {
    const record = judgeReplicas(absent, [idle[0]!, { ...idle[1]!, ...more }], 0);
    expect(record.verdict).toBe('fail');
    expect(record.detail).toMatch(words);
  });
});
