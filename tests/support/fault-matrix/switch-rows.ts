import { expect } from 'vitest';
import type { Lab } from '../../../harness/lab/lab.ts';
import { output } from '../faults.ts';
import { ping } from './ping.ts';
import type { MatrixRow } from './row.ts';

const portsOf = async (lab: Lab, node: string) =>
  (await output(lab, node, 'ovs-vsctl', 'list-ports', 'br-int')).trim().split('\n');

/** Faults of switches and of their ports. */
export const switchRows: readonly MatrixRow[] = [
  {
    kind: 'hot-restart',
    on: 'switches',
    target: 'sw1/ovs-vswitchd',
    async effect(lab) {
      const age_s = async (name: string) =>
        Number(await output(lab, 'sw1', 'ps', '-C', name, '-o', 'etimes='));
      expect(await age_s('ovs-vswitchd')).toBeLessThan(await age_s('ovsdb-server'));
      expect(await output(lab, 'sw1', 'ovs-ofctl', 'dump-flows', 'br-int', 'table=23')).toContain('cookie=');
      const waits = ['--if-exists', 'get', 'open_vswitch', '.', 'other_config:flow-restore-wait'];
      expect((await output(lab, 'sw1', 'ovs-vsctl', ...waits)).trim()).toBe('');
      expect(await ping(lab, 'vm1', '198.18.10.3', { count: 10 })).toMatchObject({ received: 10 });
    },
  },
  {
    kind: 'plug',
    on: 'switches',
    target: 'vm5:eth1',
    options: { vlan: '10' },
    async effect(lab) {
      expect(await portsOf(lab, 'sw2')).toContain('vm5');
      const tagged = ['--timeout=10', 'wait-until', 'port', 'vm5', 'tag!=4095'];
      await output(lab, 'sw2', 'ovs-vsctl', ...tagged);
      expect(await ping(lab, 'vm1', '198.18.10.5', { count: 10 })).toMatchObject({ received: 10 });
    },
  },
  {
    kind: 'unplug',
    on: 'switches',
    target: 'sw1:vm2',
    async effect(lab) {
      expect(await portsOf(lab, 'sw1')).not.toContain('vm2');
      expect(await ping(lab, 'vm1', '198.18.10.2', { count: 10 })).toMatchObject({ received: 0 });
      expect(await ping(lab, 'vm1', '198.18.10.3', { count: 10 })).toMatchObject({ received: 10 });
    },
  },
];
