import { expect } from 'vitest';
import type { Lab } from '../../../harness/lab/lab.ts';
import { output } from '../faults.ts';
import { ping } from './ping.ts';
import type { MatrixRow } from './row.ts';

const portsOf = async (lab: Lab, node: string) =>
  (await output(lab, node, 'ovs-vsctl', 'list-ports', 'br-int')).trim().split('\n');

/** Faults of ports of switches. */
export const switchRows: readonly MatrixRow[] = [
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
