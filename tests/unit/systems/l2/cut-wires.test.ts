import { expect, test } from 'vitest';
import { readSwitchSettings } from '../../../../harness/systems/l2/config/switch-settings.ts';
import { cutWires } from '../../../../harness/systems/l2/findings/fault-gaps.ts';
import type { L2Facts } from '../../../../harness/systems/l2/findings/l2-facts.ts';
import { factsOf, look, SECOND } from './l2-trial.ts';

/** sw2 with a router at one wire and another switch at the other. */
function facts(env: Record<string, string>, datapath = 'netdev'): L2Facts {
  const peer = (node: string, name: string) => ({ node, interface: name, mac: '' });
  return {
    ...factsOf(env, [
      look('before', 'sw2', {
        database: {
          bridges: [{ name: 'br-int', datapath, fail_mode: 'secure' }],
          ...{ ports: [], controllers: [] },
        },
      }),
    ]),
    switches: [
      { node: 'sw1', settings: readSwitchSettings({}, []).settings, wires: [] },
      {
        node: 'sw2',
        settings: readSwitchSettings(env, []).settings,
        wires: [
          { interface: 'r1-ha', segment: 'w4', peers: [peer('r1', 'ha')] },
          { interface: 'trunk', segment: 'trunk', peers: [peer('sw1', 'trunk')] },
        ],
      },
    ],
  };
}

function wires(resolved: string[], down_ms: number | undefined, of = facts({})) {
  const span = (at: number) => ({
    number: at + 1,
    fault: {
      ...{ label: '', stops_forwarding: false, before_ns: at * SECOND, after_ns: at * SECOND },
      ...{ signal: 'SIGKILL', ...(down_ms === undefined ? {} : { down_ms }) },
    },
    windows: { fault_ns: at * SECOND, heal_ns: 40 * SECOND, healed_ns: 41 * SECOND, end_ns: 50 * SECOND },
    next_ns: 50 * SECOND,
  });
  const trial = { faults: resolved.map((one) => ({ resolved: one, kind: 'restart' })) };
  const faults = resolved.map((_, at) => span(at));
  return cutWires({ facts: of, trial, faults, at: resolved.length - 1 } as never);
}

test('ovs-vswitchd that is down for 5 s cuts the wires of nodes at it, not those of other switches', () => {
  expect(wires(['sw2/ovs-vswitchd'], 5000)).toEqual([
    { node: 'r1', interface: 'ha', gap: expect.objectContaining({ low: 5000, high: 8000 }) },
  ]);
});

test('with the agent dead they stay cut, and the reason is named', () => {
  const [wire] = wires(['sw2/l2-agent', 'sw2/ovs-vswitchd'], undefined, facts({ RESPAWN: 'ovs-vswitchd' }));
  expect(wire?.gap).toMatch(/^nothing writes the flows/);
});

test('the agent alone cuts none, nor does ovs-vswitchd where the kernel forwards what it has cached', () => {
  expect(wires(['sw2/l2-agent'], undefined)).toEqual([]);
  expect(wires(['sw2/ovs-vswitchd'], 5000, facts({}, 'system'))).toEqual([]);
});
