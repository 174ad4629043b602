import type { FaultFacts, TrialWindows } from '../../../../harness/journal/trial-facts.ts';
import { readSwitchSettings } from '../../../../harness/systems/l2/config/switch-settings.ts';
import { l2Analysis, SwitchWires } from '../../../../harness/systems/l2/findings/l2-analysis.ts';
import type { L2Facts, SwitchLook } from '../../../../harness/systems/l2/findings/l2-facts.ts';
import type { ClientFindings } from '../../../../harness/systems/system-analysis.ts';

export const SECOND = 1e9;
const WINDOWS: TrialWindows = {
  ...{ fault_ns: 10 * SECOND, heal_ns: 40 * SECOND, healed_ns: 41 * SECOND, end_ns: 50 * SECOND },
};
const FLOW = 'table=60, priority=3 actions=NORMAL';

export const look = (when: SwitchLook['when'], node: string, more: Partial<SwitchLook> = {}): SwitchLook => ({
  when,
  node,
  daemons: {
    'l2-agent': [{ pid: 1, stopped: false }],
    'ovs-vswitchd': [{ pid: 2, stopped: false }],
    'ovsdb-server': [{ pid: 3, stopped: false }],
  },
  database: {
    bridges: [{ name: 'br-int', datapath: 'netdev', fail_mode: 'secure' }],
    ports: [{ name: 'vm1', tag: 1, vlan: 10, ofport: 2 }],
    controllers: [],
  },
  flows: [{ bridge: 'br-int', cookies: ['0x1'], flows: [FLOW] }],
  ...more,
});

export function factsOf(env: Record<string, string> = {}, looks?: SwitchLook[]): L2Facts {
  const of = (node: string) => ({ node, settings: readSwitchSettings(env, []).settings, wires: [] });
  const both = ['sw1', 'sw2'];
  return {
    switches: both.map(of),
    links: [
      ['vm1', 'sw1'],
      ['vm2', 'sw1'],
      ['sw1', 'sw2'],
      ['vm3', 'sw2'],
    ],
    looks:
      looks ??
      both.flatMap((node) => (['before', 'during', 'after'] as const).map((when) => look(when, node))),
    plugs: [],
  };
}

interface Broken {
  resolved: string;
  at_s: number;
  fault: Partial<FaultFacts>;
}

export const client = (probe: string, nodes: string[], metrics: Record<string, number>): ClientFindings => ({
  ...{ probe, nodes, metrics, outages_ms: [metrics.outage_ms], open: false },
  port: { protocol: 'udp', port: 7001 },
});

export function analyse(facts: L2Facts, broken: Broken[], clients: ClientFindings[] = []) {
  const faults = broken.map(({ at_s, fault }, at) => ({
    number: at + 1,
    fault: {
      label: '',
      stops_forwarding: false,
      before_ns: at_s * SECOND,
      after_ns: at_s * SECOND,
      ...fault,
    },
    windows: { ...WINDOWS, fault_ns: at_s * SECOND },
    next_ns: WINDOWS.end_ns,
  }));
  const trial = { faults: broken.map(({ resolved }) => ({ resolved, kind: 'kill' })) };
  return broken.map((_, at) =>
    l2Analysis.analyse({
      ...{ facts, trial, faults, at, windows: WINDOWS, clients, on_link: [], ports: [], records: {} },
      watch: new SwitchWires(facts.switches),
    } as never),
  );
}
