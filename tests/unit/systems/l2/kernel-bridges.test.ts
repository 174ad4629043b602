/** What iproute2 6.15 said in a node of the image hadrill/switch with DATAPATH=bridge, cut to what is read. */
import { describe, expect, test } from 'vitest';
import { readSwitchSettings } from '../../../../harness/systems/l2/config/switch-settings.ts';
import { gapsOf } from '../../../../harness/systems/l2/findings/forwarding-bounds.ts';
import { judgeFlows, judgePorts } from '../../../../harness/systems/l2/findings/judge-ports.ts';
import type { SwitchLook } from '../../../../harness/systems/l2/findings/l2-facts.ts';
import { datapathSentences, switchTable } from '../../../../harness/systems/l2/findings/l2-tables.ts';
import { parseLook } from '../../../../harness/systems/l2/findings/look-output.ts';
import { notReady } from '../../../../harness/systems/l2/findings/readiness.ts';
import { datapathOf, unwired } from '../../../../harness/systems/l2/findings/switch-state.ts';
import { analyse, factsOf } from './l2-trial.ts';

const ENV = { DATAPATH: 'bridge', PORTS: 'vm1=10 vm4=20', TRUNK: 'trunk' };
const { settings } = readSwitchSettings(ENV, ['vm1', 'vm4', 'trunk']);
const SW1 = { node: 'sw1', settings };

interface LinkOptions {
  master?: string;
  state?: string;
}

function link(ifname: string, kind: string, { master, state = 'forwarding' }: LinkOptions, data = {}) {
  const slave = master ? { info_slave_kind: 'bridge', info_slave_data: { state, no: '0x1' } } : {};
  return {
    ifname,
    flags: ['UP'],
    ...(master ? { master } : {}),
    linkinfo: { info_kind: kind, info_data: data, ...slave },
  };
}

interface Kernel {
  vm1?: LinkOptions;
  tunnel?: LinkOptions;
  plugged?: string[];
}

/** What the switch sees where all is well, but for what is given. */
function look({ vm1, tunnel, plugged = ['vm1 10', 'vm4 20'] }: Kernel = {}): SwitchLook {
  const links = [
    { ifname: 'lo', flags: ['UP'] },
    link('brq-10', 'bridge', {}, { stp_state: 0 }),
    link('brq-20', 'bridge', {}),
    link('vm1', 'veth', vm1 ?? { master: 'brq-10' }),
    link('vm4', 'veth', { master: 'brq-20' }),
    link('trunk', 'veth', {}),
    link('vxlan-10', 'vxlan', tunnel ?? { master: 'brq-10' }, { id: 10, link: 'trunk' }),
    link('vxlan-20', 'vxlan', { master: 'brq-20' }, { id: 20, link: 'trunk' }),
  ];
  const ports = plugged.map((words) => `port ${words} 1795923503570811700\n`).join('');
  const output = `bridges of the kernel\n${ports}${JSON.stringify(links)}\n`;
  return { when: 'after', node: 'sw1', daemons: {}, ...parseLook(output) };
}

test('all is well: bridges, ports with their networks, tunnels', () => {
  const seen = look();
  expect(seen).toMatchObject({
    kernel_bridges: true,
    flows: [],
    database: {
      bridges: [
        { name: 'brq-10', datapath: 'bridge', fail_mode: null },
        { name: 'brq-20', datapath: 'bridge' },
      ],
      ports: [
        { name: 'vm1', vlan: 10, tag: 10, ofport: 1 },
        { name: 'vm4', vlan: 20, tag: 20, ofport: 1 },
        { name: 'vxlan-10', vlan: null, tag: 10, ofport: 1, vni: 10 },
        { name: 'vxlan-20', vlan: null, tag: 20, ofport: 1, vni: 20 },
      ],
    },
  });
  expect(datapathOf({ settings }, seen)).toBe('bridge');
  expect(unwired(seen)).toEqual([]);
  expect(notReady(SW1, seen)).toBeUndefined();
  expect(judgePorts(SW1, seen)).toEqual({
    name: 'ports',
    verdict: 'pass',
    detail: 'sw1: 2 ports are there, each on the bridge of its network',
  });
});

describe('what is wrong', () => {
  test.each([
    ['a port on no bridge', { vm1: {} }, 'port vm1 of sw1: it is on no bridge of a network'],
    [
      'a bridge of somebody else',
      { vm1: { master: 'docker0' } },
      'port vm1 of sw1: it is on no bridge of a network',
    ],
    [
      'a bridge that is down',
      { vm1: { master: 'brq-10', state: 'disabled' } },
      'port vm1 of sw1: its bridge does not forward on it',
    ],
    ['a port that was never plugged', { plugged: ['vm4 20'] }, 'sw1 does not have its port vm1'],
    ['no tunnel', { tunnel: {} }, 'VLAN 10 has no tunnel from sw1 to other switches'],
  ] as const)('%s: the switch is not ready, and its audit fails', (_, kernel, why) => {
    const seen = look(kernel as Kernel);
    expect(notReady(SW1, seen)).toBe(why);
    expect(judgePorts(SW1, seen).verdict).toBe('fail');
  });

  test('a port, or a tunnel, on the bridge of the other network', () => {
    expect(judgePorts(SW1, look({ vm1: { master: 'brq-20' } }))).toMatchObject({
      verdict: 'fail',
      detail: 'sw1: vm1 is on the bridge of VLAN 20, and its network is 10',
    });
    expect(judgePorts(SW1, look({ tunnel: { master: 'brq-20' } })).detail).toContain(
      'vxlan-10 of VLAN 10 is on the bridge of VLAN 20',
    );
  });

  test('a kernel that does not answer', () => {
    const silent = { ...look(), ...parseLook('bridges of the kernel\n[{"ifname"') };
    expect(silent.database).toBeNull();
    expect(notReady(SW1, silent)).toBe('the kernel of sw1 does not say what bridges it has');
    expect(judgePorts(SW1, silent)).toMatchObject({
      verdict: 'unknown',
      detail: 'the kernel of sw1 did not answer',
    });
    // Of a node that is down nothing is known, not even that.
    const { kernel_bridges: _, ...down } = silent;
    expect(notReady(SW1, down)).toBe('the kernel of sw1 does not say what bridges it has');
  });
});

test('there are no flows, and the audit says so', () => {
  expect(judgeFlows(SW1, look(), look())).toEqual({
    name: 'flows',
    verdict: 'pass',
    detail: 'sw1 has no flows: bridges of the kernel forward by the addresses that they learn',
  });
});

describe('bounds', () => {
  const at = { datapath: 'bridge', agent_runs: true, by_trunk: true } as const;

  test.each(['SIGKILL', 'SIGSTOP'])('a dead agent costs nothing, of flows of any age: %s', (signal) => {
    expect(gapsOf({ node: 'sw1', daemon: 'agent', signal }, settings, at)).toEqual({
      all: { low: 0, high: 0, from: 'bridges of the kernel forward and learn addresses without the agent' },
    });
  });

  test('what does not run cannot die', () => {
    expect(gapsOf({ node: 'sw1', daemon: 'vswitchd', signal: 'SIGKILL' }, settings, at).all).toBe(
      'a switch with bridges of the kernel has no ovs-vswitchd',
    );
  });
});

test('the report: the datapath and what follows from it, one daemon, no missing flows', () => {
  const agent = { 'l2-agent': [{ pid: 1, stopped: false }] };
  const looks = (['before', 'during'] as const).flatMap((when) =>
    ['sw1', 'sw2'].map((node) => ({ ...look(), when, node, daemons: when === 'before' ? agent : {} })),
  );
  const killed = { resolved: 'sw1/l2-agent', at_s: 10, fault: { signal: 'SIGKILL' } };
  const [found] = analyse(factsOf({ DATAPATH: 'bridge' }, looks), [killed]);
  expect(found!.metrics).toMatchObject({ 'l2.unwired': 0 });
  expect(found!.metrics).not.toHaveProperty('l2.flows_missing');
  const trial = { index: 1, verdict: 'pass', metrics: {}, systems: { l2: found!.rows } };
  const journal = { trials: [trial] } as never;
  expect(switchTable(journal)?.rows.map((row) => row.slice(0, 7))).toEqual([
    ['sw1', 'before the fault', 'bridge', 'all run', '0', '0', '2'],
    ['sw1', 'before healing', 'bridge', 'l2-agent: none', '0', '0', '2'],
    ['sw2', 'before the fault', 'bridge', 'all run', '0', '0', '2'],
    ['sw2', 'before healing', 'bridge', 'l2-agent: none', '0', '0', '2'],
  ]);
  expect(datapathSentences(journal)).toEqual([
    expect.stringMatching(
      /^The datapath of sw1, sw2 is bridge, the kernel's bridges, one for each network: /,
    ),
  ]);
});
