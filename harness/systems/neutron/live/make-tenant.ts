import { addressText, subnetOf } from '../../dhcp/config/subnet.ts';
import { plugOf, type Tenant } from '../config/tenant.ts';
import type { NeutronApi, Resource } from './neutron-api.ts';

/** What the API has for the names of a tenant file. */
export interface MadeTenant {
  readonly networks: ReadonlyMap<string, Resource>;
  readonly routers: ReadonlyMap<string, Resource>;
  readonly ports: ReadonlyMap<string, Resource>;
}

/**
 * Creates what a tenant file names, in its order: networks with a subnet each, routers with their gateways and
 * interfaces, ports, floating IPs. What is there already, by its name, stays as it is.
 * @throws EnvironmentError in the API's words when it refuses something.
 */
export async function makeTenant(api: NeutronApi, tenant: Tenant): Promise<MadeTenant> {
  const networks = await makeNetworks(api, tenant);
  // Routers first: a port whose network has a DHCP server then waits for nothing else.
  const routers = await makeRouters(api, tenant, networks);
  const ports = await makePorts(api, tenant, networks);
  return { networks, routers, ports };
}

async function makeNetworks(api: NeutronApi, { networks }: Tenant): Promise<Map<string, Resource>> {
  const there = byName(await api.list('networks'));
  const made = new Map<string, Resource>();
  for (const [name, { subnet, gateway, provider }] of Object.entries(networks)) {
    const known = there.get(name);
    if (known) {
      made.set(name, known);
      continue;
    }
    const external =
      provider === undefined
        ? {}
        : {
            'router:external': true,
            'provider:network_type': 'flat',
            'provider:physical_network': provider,
          };
    const network = await api.create('networks', 'network', { name, ...external });
    await api.create('subnets', 'subnet', {
      ...{ name, network_id: network.id, ip_version: 4, cidr: subnet, gateway_ip: gateway },
      // Addresses that the file names are left to it: Neutron chooses from the upper half.
      allocation_pools: [upperHalf(subnet)],
      enable_dhcp: provider === undefined,
    });
    made.set(name, network);
  }
  return made;
}

function upperHalf(subnet: string): { start: string; end: string } {
  const { first, last } = subnetOf(subnet);
  return { start: addressText(Math.ceil((first + last) / 2)), end: addressText(last - 1) };
}

async function makeRouters(
  api: NeutronApi,
  { routers }: Tenant,
  networks: ReadonlyMap<string, Resource>,
): Promise<Map<string, Resource>> {
  const there = byName(await api.list('routers'));
  const subnets = byName(await api.list('subnets'));
  const made = new Map<string, Resource>();
  for (const [name, router] of Object.entries(routers)) {
    const known = there.get(name);
    if (known) {
      made.set(name, known);
      continue;
    }
    const created = await api.create('routers', 'router', {
      name,
      external_gateway_info: { network_id: networks.get(router.external)!.id },
      ...(router.ha === undefined ? {} : { ha: router.ha }),
    });
    for (const network of router.networks)
      await api.request('PUT', `routers/${created.id}/add_router_interface`, {
        subnet_id: subnets.get(network)!.id,
      });
    made.set(name, created);
  }
  return made;
}

async function makePorts(
  api: NeutronApi,
  { ports, routers }: Tenant,
  networks: ReadonlyMap<string, Resource>,
): Promise<Map<string, Resource>> {
  const there = byName(await api.list('ports'));
  const floating = new Set((await api.list('floatingips')).map((one) => one.floating_ip_address));
  const made = new Map<string, Resource>();
  for (const [name, port] of Object.entries(ports)) {
    const { node } = plugOf(port.at)!;
    const created =
      there.get(name) ??
      (await api.create('ports', 'port', {
        ...{ name, network_id: networks.get(port.network)!.id, mac_address: port.mac },
        fixed_ips: [{ ip_address: port.address }],
        // What a compute service says: where the machine is, and whose it is.
        ...{ 'binding:host_id': node, device_owner: 'compute:hadrill', device_id: name },
      }));
    made.set(name, created);
    if (port.floating_ip === undefined || floating.has(port.floating_ip)) continue;
    const external = Object.values(routers).find((one) => one.networks.includes(port.network))!.external;
    await api.create('floatingips', 'floatingip', {
      floating_network_id: networks.get(external)!.id,
      floating_ip_address: port.floating_ip,
      port_id: created.id,
    });
  }
  return made;
}

function byName(all: readonly Resource[]): Map<string, Resource> {
  return new Map(all.map((one) => [one.name, one]));
}
