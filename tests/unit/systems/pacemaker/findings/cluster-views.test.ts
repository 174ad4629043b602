import { describe, expect, test } from 'vitest';
import { InputError } from '../../../../../harness/ground/errors.ts';
import type { ClusterFacts } from '../../../../../harness/journal/cluster-facts.ts';
import type { ClusterWord } from '../../../../../harness/journal/system-records.ts';
import {
  clusterRecords,
  movedResources,
} from '../../../../../harness/systems/pacemaker/findings/cluster-views.ts';
import { sample } from './cluster-trial.ts';

const HEALTHY = sample('crm_mon-healthy.xml');
const FACTS: ClusterFacts = {
  name: 'lb',
  members: [],
  vips: [],
  alerts: [],
  views: [{ when: 'before', at_ns: 1, node: 'lb2', file: 'crm_mon' }],
};

/** What the journal says of what crm_mon said. */
function said(xml: string): ClusterWord {
  const [record] = clusterRecords(FACTS, { crm_mon: Buffer.from(xml) });
  return record!.said!;
}

describe('clusterRecords', () => {
  test('a cluster where all is well', () => {
    expect(clusterRecords(FACTS, { crm_mon: Buffer.from(HEALTHY) })).toEqual([
      {
        when: 'before',
        cluster: 'lb',
        said: {
          by: 'lb2',
          dc: 'lb1',
          with_quorum: true,
          nodes: { lb1: 'online', lb2: 'online' },
          resources: [
            { id: 'vip', role: 'Started', nodes: ['lb1'], failed: false, blocked: false },
            { id: 'haproxy', role: 'Started', nodes: ['lb1'], failed: false, blocked: false },
          ],
          failures: [],
        },
      },
    ]);
  });

  test('what has failed, with the agent’s reason where it gave one', () => {
    const xml = sample('crm_mon-after-kill.xml');
    expect(said(xml).failures).toEqual(['monitor of haproxy on lb1: Not running']);
    const why = xml.replace('exitreason=""', 'exitreason="no answer on port 80"');
    expect(said(why).failures).toEqual(['monitor of haproxy on lb1: Not running (no answer on port 80)']);
  });

  test('a member that is gone, and resources that run nowhere', () => {
    const { nodes, resources } = said(sample('crm_mon-node-offline.xml'));
    expect(nodes).toEqual({ lb1: 'online', lb2: 'offline' });
    expect(resources.map(({ role, nodes: where }) => [role, where])).toEqual([
      ['Stopped', []],
      ['Stopped', []],
    ]);
  });

  test.each<[string, Record<string, boolean>]>([
    ['online', {}],
    ['standby', { standby: true }],
    ['standby', { standby_onfail: true }],
    ['maintenance', { maintenance: true }],
    ['standby', { standby: true, maintenance: true }],
    ['pending', { pending: true, standby: true }],
    ['offline', { online: false, standby: true, pending: true }],
    ['unclean', { unclean: true, online: false }],
    ['unclean', { unclean: true }],
  ])('a member is %s: %j', (condition, change) => {
    const [line] = /<node name="lb1"[^>]*type="member"\/>/.exec(HEALTHY)!;
    const changed = Object.entries(change).reduce(
      (text, [name, value]) => text.replace(new RegExp(` ${name}="[^"]*"`), ` ${name}="${value}"`),
      line,
    );
    expect(said(HEALTHY.replace(line, changed)).nodes).toEqual({ lb1: condition, lb2: 'online' });
  });

  test('a cluster without coordinator and quorum', () => {
    const word = said(HEALTHY.replace(/<current_dc [^>]*>/, '<current_dc present="false"/>'));
    expect(word).not.toHaveProperty('dc');
    expect(word.with_quorum).toBe(false);
  });

  test('nobody answered', () => {
    const facts = { ...FACTS, views: [{ when: 'during' as const, at_ns: 2 }] };
    expect(clusterRecords(facts, {})).toEqual([{ when: 'during', cluster: 'lb' }]);
  });

  test('a record that is not there is named, and one that is none refused', () => {
    expect(() => clusterRecords(FACTS, {})).toThrow(new InputError("the trial has no record 'crm_mon'"));
    expect(() => said('')).toThrow(InputError);
    expect(() => said(HEALTHY.slice(0, 400))).toThrow(InputError);
  });
});

describe('movedResources', () => {
  const word = (...placed: [id: string, ...nodes: string[]][]): ClusterWord => ({
    ...{ by: 'lb1', with_quorum: true, nodes: {}, failures: [] },
    resources: placed.map(([id, ...nodes]) => ({ id, role: '', nodes, failed: false, blocked: false })),
  });

  test.each<[string, ClusterWord, ClusterWord, string[]]>([
    ['stays', word(['vip', 'lb1']), word(['vip', 'lb1']), []],
    ['runs elsewhere', word(['vip', 'lb1'], ['a', 'lb2']), word(['vip', 'lb2'], ['a', 'lb2']), ['vip']],
    ['runs nowhere', word(['vip', 'lb1']), word(['vip']), ['vip']],
    ['is not there any more', word(['vip', 'lb1']), word(), ['vip']],
    ['did not run before', word(['vip']), word(['vip', 'lb2']), []],
    ['is new', word(), word(['vip', 'lb2']), []],
    [
      'runs on the same nodes, told in another order',
      word(['a', 'lb1', 'lb2']),
      word(['a', 'lb2', 'lb1']),
      [],
    ],
    ['runs on fewer nodes', word(['a', 'lb1', 'lb2']), word(['a', 'lb2']), ['a']],
  ])('a resource that %s', (_, before, during, moved) => {
    expect(movedResources(before, during)).toEqual(moved);
  });

  test('of a recorded kill', () => {
    const moved = movedResources(said(HEALTHY), said(sample('crm_mon-after-kill.xml')));
    expect(moved).toEqual(['vip', 'haproxy']);
  });
});
