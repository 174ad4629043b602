import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../../../harness/ground/errors.ts';
import {
  activeNodes,
  parseCrmMon,
  unclean,
} from '../../../../../harness/systems/pacemaker/findings/crm-mon.ts';

const sample = (name: string) =>
  readFileSync(new URL(`../../../../fixtures/cluster/crm_mon-${name}.xml`, import.meta.url), 'utf8');

/** A result whose `<resources>` hold this, with one healthy node. */
function withResources(resources: string): string {
  return `<pacemaker-result><summary><current_dc name="n1" with_quorum="true"/></summary>
    <nodes><node name="n1" online="true"/></nodes><resources>${resources}</resources><status code="0"/></pacemaker-result>`;
}

function instance(id: string, attributes: string, ...nodes: string[]): string {
  const inside = nodes.map((node) => `<node name="${node}" id="1"/>`).join('');
  return `<resource id="${id}" resource_agent="ocf:heartbeat:Dummy" managed="true" ${attributes}>${inside}</resource>`;
}

describe('a healthy cluster', () => {
  const state = parseCrmMon(sample('healthy'));

  test('its nodes and what they run', () => {
    expect(state).toMatchObject({ dc: 'lb1', with_quorum: true, failures: [], fail_counts: [] });
    expect(state.nodes).toEqual([
      {
        name: 'lb1',
        online: true,
        standby: false,
        maintenance: false,
        pending: false,
        unclean: false,
        is_dc: true,
        resources_running: 2,
      },
      expect.objectContaining({ name: 'lb2', online: true, is_dc: false, resources_running: 0 }),
    ]);
    expect(state.resources[0]).toEqual({
      id: 'vip',
      agent: 'ocf:heartbeat:IPaddr2',
      role: 'Started',
      active: true,
      failed: false,
      blocked: false,
      orphaned: false,
      managed: true,
      nodes: ['lb1'],
    });
    expect(activeNodes(state, 'haproxy')).toEqual(['lb1']);
    expect(activeNodes(state, 'nothing')).toEqual([]);
    expect(unclean(state)).toEqual([]);
  });

  test('the operations that its nodes remember', () => {
    expect(state.operations).toHaveLength(4);
    expect(state.operations[1]).toEqual({
      node: 'lb1',
      resource: 'haproxy',
      call: 18,
      task: 'monitor',
      interval_ms: 1000,
      rc: 0,
      rc_text: 'OK',
      exec_ms: 23,
      queue_ms: 0,
      last_change: 'Mon Nov 23 00:55:25 2026',
    });
    expect(state.operations[0]).toMatchObject({ task: 'start', interval_ms: 0, exec_ms: 139 });
  });
});

test('a failed monitor: the failure, its count, and where the resources went', () => {
  const state = parseCrmMon(sample('after-kill'));
  expect(state.failures).toEqual([
    { node: 'lb1', operation: 'monitor', resource: 'haproxy', exit_status: 'Not running', exit_reason: '' },
  ]);
  expect(state.fail_counts).toEqual([{ node: 'lb1', resource: 'haproxy', count: 1 }]);
  expect(activeNodes(state, 'vip')).toEqual(['lb2']);
  expect(state.operations.filter(({ rc }) => rc === 7)).toHaveLength(1);
  expect(unclean(state)).toEqual(['a failed monitor of haproxy on lb1 is on record: Not running']);
});

test('a node that is gone', () => {
  const state = parseCrmMon(sample('node-offline'));
  expect(activeNodes(state, 'vip')).toEqual([]);
  expect(unclean(state)).toEqual([
    'lb2 is offline',
    'resource vip is Stopped',
    'resource haproxy is Stopped',
  ]);
});

describe('what keeps a cluster from being clean', () => {
  const healthy = sample('healthy');

  test.each([
    ['with_quorum="true"', 'with_quorum="false"', 'there is no quorum'],
    ['name="lb1" id="1" with_quorum', 'with_quorum', 'no node is elected to decide (DC)'],
    ['standby="false"', 'standby="true"', 'lb1 is on standby'],
    ['standby_onfail="false"', 'standby_onfail="true"', 'lb1 is on standby'],
    ['pending="false"', 'pending="true"', 'lb1 is pending'],
    ['unclean="false"', 'unclean="true"', 'lb1 is unclean'],
    ['false" pending', 'true" pending', 'lb1 is in maintenance'],
    ['failed="false"', 'failed="true"', 'resource vip has failed'],
    ['blocked="false" m', 'blocked="true" m', 'resource vip is blocked'],
    ['orphaned="false"', 'orphaned="true"', 'resource vip is not in the configuration any more'],
    ['threshold="1"', 'threshold="1" fail-count="INFINITY"', 'the fail count of haproxy on lb1 is 1000000'],
  ])('%s → %s', (from, to, says) => {
    expect(unclean(parseCrmMon(healthy.replace(from, to)))).toEqual([says]);
  });

  test('not a resource that is told to stop', () => {
    const off = (attributes: string) =>
      withResources(instance('a', `active="false" role="Stopped" ${attributes}`));
    expect(unclean(parseCrmMon(off('target_role="Stopped"')))).toEqual([]);
    expect(unclean(parseCrmMon(off('')))).toEqual(['resource a is Stopped']);
  });
});

describe('resources inside of others', () => {
  test('clones, groups and groups in clones of which one of two nodes is up', () => {
    const { resources, ...state } = parseCrmMon(sample('clones'));
    expect(resources.map(({ id, clone, role, nodes }) => [id, clone, role, nodes])).toEqual([
      ['a', 'cl', 'Started, Stopped', ['n1']],
      ['b', undefined, 'Started', ['n1']],
      ['c1', undefined, 'Stopped', []],
      ['d', 'clg', 'Started, Stopped', ['n1']],
      ['s', 'pr', 'Unpromoted, Stopped', ['n1']],
    ]);
    expect(resources.find(({ id }) => id === 'c1')).toMatchObject({ target_role: 'Stopped', active: false });
    expect('dc' in state).toBe(false);
  });

  test('the instances of a clone are one resource', () => {
    const xml = withResources(
      `<clone id="a-clone">${instance('a:0', 'active="true" role="Promoted"', 'n1')}
        ${instance('a:1', 'active="true" role="Unpromoted"', 'n2')}</clone>`,
    );
    const state = parseCrmMon(xml);
    expect(state.resources).toEqual([
      expect.objectContaining({
        id: 'a',
        clone: 'a-clone',
        role: 'Promoted, Unpromoted',
        active: true,
        nodes: ['n1', 'n2'],
      }),
    ]);
    expect(activeNodes(state, 'a')).toEqual(['n1', 'n2']);
    expect(activeNodes(state, 'a-clone')).toEqual(['n1', 'n2']);
  });

  test('a clone is active when all its instances are', () => {
    const xml = withResources(
      `<clone id="a-clone">${instance('a', 'active="true" role="Started"', 'n1')}
        ${instance('a', 'active="false" role="Stopped"')}</clone>`,
    );
    expect(unclean(parseCrmMon(xml))).toEqual(['resource a is Started, Stopped']);
  });

  test('a group, and a group in a clone', () => {
    const group = (name: string, id: string) =>
      `<group id="${name}">${instance(id, 'active="true" role="Started"', 'n1')}</group>`;
    const { resources } = parseCrmMon(
      withResources(`${group('g', 'a')}<clone id="c">${group('h:0', 'b')}</clone>`),
    );
    expect(resources.map(({ id, clone }) => [id, clone])).toEqual([
      ['a', undefined],
      ['b', 'c'],
    ]);
  });
});

test('a failure of an instance, and one with a reason', () => {
  const failures = `<failures><failure op_key="a:0_migrate_to_0" node="n1" exitstatus="Error" exitreason="no route"/></failures>`;
  const xml = withResources('').replace('<status', `${failures}<status`);
  const state = parseCrmMon(xml);
  expect(state.failures[0]).toMatchObject({ resource: 'a', operation: 'migrate_to' });
  expect(unclean(state)).toEqual(['a failed migrate_to of a on n1 is on record: no route']);
});

test('a Pacemaker that has just started knows nothing yet', () => {
  const state = parseCrmMon(
    '<pacemaker-result><summary><stack pacemakerd-state="init"/></summary><status code="0"/></pacemaker-result>',
  );
  expect(state).toMatchObject({ with_quorum: false, nodes: [], resources: [], operations: [] });
  expect('dc' in state).toBe(false);
  expect(unclean(state)).toHaveLength(2);
});

test.each([
  [
    sample('not-connected'),
    'crm_mon: Not connected: crm_mon: Connection to cluster failed: Connection refused',
  ],
  ['<pacemaker-result><status code="1"/></pacemaker-result>', 'crm_mon: error 1'],
  ['<html/>', 'crm_mon: <html> is not the state of a cluster'],
  ['', 'crm_mon:1:1: XML: Root element is missing or invalid'],
  [sample('healthy').slice(0, 900), /^crm_mon:\d+:\d+: XML: /],
])('what is not the state of a cluster is refused', (xml, says) => {
  expect(() => parseCrmMon(xml)).toThrow(InputError);
  expect(() => parseCrmMon(xml)).toThrow(says);
});
