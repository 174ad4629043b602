import { EnvironmentError } from '../../../ground/errors.ts';
import type { Lab } from '../../../lab/lab.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
import { plugOf, type Tenant } from '../config/tenant.ts';
import type { MadeTenant } from './make-tenant.ts';

/**
 * Plugs machines in as a compute service does: their interface becomes a port of br-int that names Neutron's port, and the
 * Open vSwitch agent of the node wires it.
 * @throws EnvironmentError in the words of Open vSwitch when it does not take one.
 */
export async function plugPorts(lab: Lab, tenant: Tenant, { ports }: MadeTenant): Promise<void> {
  for (const [name, { at, mac }] of Object.entries(tenant.ports)) {
    const { node, interface: port } = plugOf(at)!;
    const argv = [
      ...['ovs-vsctl', '--timeout=10', '--', '--may-exist', 'add-port', 'br-int', port],
      ...['--', 'set', 'Interface', port, `external_ids:iface-id=${ports.get(name)!.id}`],
      ...['external_ids:iface-status=active', `external_ids:attached-mac="${mac.toLowerCase()}"`],
    ];
    const { status, stderr } = await runInNode(lab, lab.node(node), argv, 15);
    if (status !== 0)
      throw new EnvironmentError(`port '${name}' cannot be plugged in at ${at}: ${stderr.trim()}`);
  }
}
