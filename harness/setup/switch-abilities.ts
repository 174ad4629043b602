import type { KernelAbility } from '../lab/kernel-abilities.ts';
import type { Check } from './check.ts';

/** What Open vSwitch in a node needs, and how it goes without. */
interface SwitchAbility extends KernelAbility {
  present: string;
  absent: string;
  remedy: string;
}

/**
 * Open vSwitch opens /dev/net/tun for the internal port of every bridge of its user space datapath, whatever else is
 * on the bridge. The command asks as a container does that has no device of the engine's machine: it makes the file.
 */
const TUN: SwitchAbility = {
  name: 'tun',
  purpose: 'Open vSwitch with its datapath in user space',
  needed: false,
  module: 'tun',
  command: '[ -c /dev/net/tun ] || { mkdir -p /dev/net && mknod /dev/net/tun c 10 200; } && : <>/dev/net/tun',
  present: '/dev/net/tun can be made and opened in a container',
  absent:
    '/dev/net/tun cannot be made or opened in a container: Open vSwitch cannot run in a node with its datapath in user space',
  remedy:
    "`modprobe tun` on the engine's machine; runc 1.2.0 to 1.2.3 forbid the device: use another version",
};

/** genl(8): asking for the family loads the module where the kernel may do so. */
const OPENVSWITCH: SwitchAbility = {
  name: 'openvswitch',
  purpose: "Open vSwitch with the kernel's datapath",
  needed: false,
  module: 'openvswitch',
  command: 'genl ctrl get name ovs_datapath | grep -q ovs_datapath',
  present: "Open vSwitch in a node can use the kernel's datapath",
  absent:
    'the kernel has no openvswitch: Open vSwitch in a node has only its datapath in user space, which stops with ' +
    "ovs-vswitchd; the kernel's forwards what it knows without it",
  remedy: "`modprobe openvswitch` on the engine's machine, if its kernel has it",
};

/** Tried beside `KERNEL_ABILITIES`; no topology that comes with hadrill needs them. */
export const SWITCH_ABILITIES: readonly SwitchAbility[] = [TUN, OPENVSWITCH];

/** Whether nodes can run Open vSwitch, and with which datapath; what was not tried is not present. */
export function switchChecks(abilities: ReadonlyMap<string, boolean>): Check[] {
  return SWITCH_ABILITIES.map(({ name, present, absent, remedy }): Check => {
    const check = { name: `switch: ${name}` };
    return abilities.get(name)
      ? { ...check, status: 'ok', detail: present }
      : { ...check, status: 'limited', detail: absent, remedy };
  });
}
