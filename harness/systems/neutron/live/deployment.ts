import { InputError } from '../../../ground/errors.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { isControl } from '../config/neutron-nodes.ts';
import type { Tenant } from '../config/tenant.ts';
import { awaitAgents, awaitService } from './await-neutron.ts';
import { makeTenant } from './make-tenant.ts';
import { NeutronApi } from './neutron-api.ts';
import { plugPorts } from './plug-ports.ts';
import type { NeutronRouter } from './routers.ts';

/** Of a router in its networks: with replicas, and without. */
const INTERFACES = ['network:ha_router_replicated_interface', 'network:router_interface'];

/** The control node of a lab; undefined where it has none. */
export function controlOf(lab: Lab): LabNode | undefined {
  return lab.nodes.find(({ spec }) => isControl(spec));
}

/**
 * Has Neutron make what the tenant file names, and waits until it works.
 * @throws DeadlineError with what was awaited; EnvironmentError in the words of the API.
 */
export async function deploy(lab: Lab, tenant: Tenant, signal: AbortSignal | undefined): Promise<void> {
  const api = new NeutronApi(lab, lab.node(tenant.control));
  const { setup } = lab;
  await setup.measure('every agent has reported itself', () => awaitAgents(lab, api, tenant.control, signal));
  const made = await setup.measure('networks, routers and ports are made', () => makeTenant(api, tenant));
  signal?.throwIfAborted();
  await setup.measure('machines are plugged in', () => plugPorts(lab, tenant, made));
  await setup.measure('routers and ports work', async () =>
    awaitService(lab, api, tenant, await routersOf(lab), signal),
  );
}

/**
 * The routers that Neutron has now, by its API.
 * @throws InputError where the lab has no control node; EnvironmentError when the API does not answer.
 */
export async function routersOf(lab: Lab): Promise<NeutronRouter[]> {
  const control = controlOf(lab);
  if (!control) throw new InputError(`lab '${lab.name}' has no node with the image hadrill/neutron-control`);
  const api = new NeutronApi(lab, control);
  const ports = await api.list('ports', INTERFACES.map((owner) => `device_owner=${owner}`).join('&'));
  const routers = await api.list('routers');
  return routers.flatMap(({ id, name, ha }) => {
    const own = ports.filter((port) => port.device_id === id);
    const addresses = own.flatMap(({ fixed_ips }) =>
      (fixed_ips as { ip_address: string }[]).map((one) => one.ip_address),
    );
    const [address] = addresses.toSorted();
    return address === undefined ? [] : [{ name, id, ha: ha === true, address }];
  });
}
