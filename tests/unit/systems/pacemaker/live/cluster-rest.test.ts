import { describe, expect, test } from 'vitest';
import type { ClusterState } from '../../../../../harness/systems/pacemaker/findings/cluster-state.ts';
import { hasNothingToDo, missMs } from '../../../../../harness/systems/pacemaker/live/cluster-rest.ts';

const NODE = { standby: false, maintenance: false, pending: false, is_dc: false, resources_running: 0 };
const RESOURCE = {
  agent: 'ocf:heartbeat:IPaddr2',
  role: 'Started',
  failed: false,
  blocked: false,
  orphaned: false,
  managed: true,
};

/** Of two members: how each one is, and where the address is. */
function stateOf(lb1: 'online' | 'unclean' | 'offline', vip: string[]): ClusterState {
  return {
    dc: 'lb2',
    with_quorum: true,
    nodes: [
      { ...NODE, name: 'lb1', online: lb1 === 'online', unclean: lb1 === 'unclean' },
      { ...NODE, name: 'lb2', online: true, unclean: false },
    ],
    resources: [{ ...RESOURCE, id: 'vip', active: vip.length > 0, nodes: vip }],
    failures: [],
    fail_counts: [],
    operations: [],
  };
}

describe('a cluster has nothing to do about lost members', () => {
  const before = stateOf('online', ['lb1']);
  test.each<[string, ClusterState, string[], boolean]>([
    ['all are there', before, [], true],
    ['one is to be fenced, and nothing ran on it', stateOf('unclean', ['lb2']), [], false],
    ['one is off, and what ran there is yet to start', stateOf('offline', []), [], false],
    ['one is off, and the address is still noted there', stateOf('offline', ['lb1']), [], false],
    ['one is off, and what ran there runs here', stateOf('offline', ['lb2']), [], true],
    ['one that a fault took is still believed to be there', before, ['lb1'], false],
  ])('%s', (_, state, gone, rests) => {
    expect(hasNothingToDo(state, before, new Set(gone))).toBe(rests);
  });
});

test('how long a member may be missed late follows from corosync.conf', () => {
  const corosync_conf =
    'totem {\n version: 2\n token: 1000\n}\nnodelist {\n node {\n nodeid: 1\n ring0_addr: 169.254.192.1\n }\n}\n';
  const member = { node: 'lb1', macs: [] };
  // token 1 s + consensus 1.2 s + new ring 0.05 s + Pacemaker's pause 1 s
  expect(missMs([member, { ...member, corosync_conf }])).toBe(3250);
  expect(missMs([member])).toBe(0);
});
