import { describe, expect, test } from 'vitest';
import { readSwitchSettings } from '../../../../harness/systems/l2/config/switch-settings.ts';
import { judgeFlows, judgePorts } from '../../../../harness/systems/l2/findings/judge-ports.ts';
import type { SwitchLook } from '../../../../harness/systems/l2/findings/l2-facts.ts';
import { notReady } from '../../../../harness/systems/l2/findings/readiness.ts';

function switchWith(env: Record<string, string> = {}) {
  const { settings } = readSwitchSettings({ PORTS: 'vm1=10 vm2=10 vm4=20', ...env }, ['vm1', 'vm2', 'vm4']);
  return { node: 'sw1', settings };
}

const port = (name: string, tag: number | null, vlan: number, ofport = 3) => ({ name, tag, vlan, ofport });
const TRANSLATED = [
  'priority=3,in_port="int-br-phys",dl_vlan=10 actions=mod_vlan_vid:1,resubmit(,60)',
  'priority=3,in_port="int-br-phys",dl_vlan=20 actions=mod_vlan_vid:2,resubmit(,60)',
  'table=23, priority=0 actions=drop',
];

function look(
  ports = [port('vm1', 1, 10), port('vm2', 1, 10), port('vm4', 2, 20)],
  flows = TRANSLATED,
): SwitchLook {
  return {
    when: 'after',
    node: 'sw1',
    daemons: {},
    database: {
      bridges: [],
      ports: [...ports, { name: 'br-int', tag: null, vlan: null, ofport: 65534 }],
      controllers: [],
    },
    flows: [{ bridge: 'br-int', cookies: ['0x1'], flows }],
  };
}

test('a switch as its agent has it', () => {
  expect(notReady(switchWith(), look())).toBeUndefined();
  expect(judgePorts(switchWith(), look())).toEqual({
    name: 'ports',
    verdict: 'pass',
    detail: 'sw1: 3 ports are there, each with the tag of its network',
  });
});

describe('what is wrong with ports', () => {
  test.each([
    [
      'a tag that was changed by hand',
      [port('vm1', 2, 10), port('vm2', 1, 10), port('vm4', 2, 20)],
      'vm1 has tag 2, and its network 1',
    ],
    [
      'the dead VLAN',
      [port('vm1', 4095, 10), port('vm2', 1, 10), port('vm4', 2, 20)],
      'vm1: it has the tag of dead ports',
    ],
    ['no tag', [port('vm1', null, 10), port('vm2', 1, 10), port('vm4', 2, 20)], 'vm1: it has no tag'],
    [
      'no place in the datapath',
      [port('vm1', 1, 10, -1), port('vm2', 1, 10), port('vm4', 2, 20)],
      'vm1: it has no place in the datapath',
    ],
    ['a port that is gone', [port('vm2', 1, 10), port('vm4', 2, 20)], 'vm1 is not plugged in'],
    [
      'another network',
      [port('vm1', 2, 20), port('vm2', 1, 10), port('vm4', 2, 20)],
      'vm1 is in VLAN 20, not in 10',
    ],
  ])('%s', (_, ports, words) => {
    const { verdict, detail } = judgePorts(switchWith(), look(ports));
    expect(verdict).toBe('fail');
    expect(detail).toContain(words);
  });

  test('a network that no flow translates', () => {
    expect(judgePorts(switchWith(), look(undefined, TRANSLATED.slice(1))).detail).toContain(
      'vm1: no flow translates VLAN 10',
    );
  });

  test("a controller's switch has one network, whatever the tags", () => {
    const one = [port('vm1', null, 10), port('vm2', null, 10), port('vm4', null, 20)];
    const seen = look(one, []);
    seen.database!.controllers.push({ target: 'unix:/var/run/openvswitch/controller.sock', connected: true });
    expect(judgePorts(switchWith({ CONTROLLER: 'on' }), seen).verdict).toBe('pass');
    expect(notReady(switchWith({ CONTROLLER: 'on' }), seen)).toBeUndefined();
  });

  test('a database that is silent', () => {
    expect(judgePorts(switchWith(), { ...look(), database: null }).verdict).toBe('unknown');
  });
});

describe('flows', () => {
  test('the same, whatever their cookies', () => {
    const before = look();
    const after = look();
    after.flows[0]!.cookies = ['0x2'];
    expect(judgeFlows(switchWith(), before, after)).toMatchObject({ verdict: 'pass' });
  });

  test('one is missing, one is new', () => {
    expect(judgeFlows(switchWith(), look(), look(undefined, TRANSLATED.slice(1)))).toEqual({
      name: 'flows',
      verdict: 'fail',
      detail: `sw1 lacks 'br-int: ${TRANSLATED[0]}'`,
    });
    const more = look(undefined, [...TRANSLATED, 'priority=9 actions=NORMAL']);
    expect(judgeFlows(switchWith(), look(), more).detail).toBe(
      "sw1 has, and had not, 'br-int: priority=9 actions=NORMAL'",
    );
  });

  test('so many that they were only counted', () => {
    const many = look(undefined, []);
    many.flows[0]!.counted = 5000;
    expect(judgeFlows(switchWith(), look(), many)).toMatchObject({
      verdict: 'unknown',
      detail: 'sw1: its 5000 flows in br-int are too many to compare',
    });
  });

  test('not known', () => {
    expect(judgeFlows(switchWith(), undefined, look()).verdict).toBe('unknown');
    expect(judgeFlows(switchWith(), look(), { ...look(), flows: [] }).verdict).toBe('unknown');
  });

  test("a controller's come and go", () => {
    expect(judgeFlows(switchWith({ CONTROLLER: 'on' }), undefined, look()).verdict).toBe('pass');
  });
});

describe('not ready', () => {
  test.each([
    ['no canary', look(undefined, TRANSLATED.slice(0, 2)), 'the agent of sw1 has not written its flows'],
    [
      'a dead port',
      look([port('vm1', 4095, 10), port('vm2', 1, 10), port('vm4', 2, 20)]),
      'port vm1 of sw1: it has the tag of dead ports',
    ],
    ['a port to come', look([port('vm2', 1, 10), port('vm4', 2, 20)]), 'sw1 does not have its port vm1'],
    [
      'no ovs-vswitchd',
      { ...look(), flows: [{ bridge: 'br-int', cookies: [], flows: [], trouble: 'refused' }] },
      'ovs-vswitchd of sw1 does not answer',
    ],
    ['no database', { ...look(), database: null }, 'the database of sw1 does not answer'],
  ])('%s', (_, seen, words) => {
    expect(notReady(switchWith(), seen)).toBe(words);
  });

  test('a controller that is not connected', () => {
    expect(notReady(switchWith({ CONTROLLER: 'on' }), look())).toBe('sw1 is not connected to its controller');
  });
});
