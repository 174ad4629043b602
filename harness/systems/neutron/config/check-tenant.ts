import { didYouMean } from '../../../ground/near-name.ts';
import { fabricPorts } from '../../../topology/ports.ts';
import type { Topology } from '../../../topology/topology.ts';
import { macNumber, macProblem } from '../../dhcp/config/expand-ports.ts';
import {
  addressNumber,
  hostAddressProblem,
  type Subnet,
  subnetOf,
  subnetText,
} from '../../dhcp/config/subnet.ts';
import type { Findings } from '../../neutron-scheduling/file-problems.ts';
import { isAgentNode } from './neutron-nodes.ts';
import { routerNames } from './router-names.ts';
import { plugOf } from './tenant.ts';
import type { TenantFile } from './tenant-schema.ts';

/** Goes into the names of what is created, into commands and into targets: `primary(r1)`. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** Reports everything in a tenant file that Neutron would refuse, or that the topology does not have. */
export function checkTenant(file: TenantFile, topology: Topology, findings: Findings): void {
  checkNames(file, findings);
  checkNetworks(file, findings);
  checkRouters(file, findings);
  checkPorts(file, topology, findings);
}

function checkNames(file: TenantFile, findings: Findings): void {
  for (const kind of ['networks', 'routers', 'ports'] as const) {
    for (const name of Object.keys(file[kind])) {
      const rule = 'it starts with a letter or digit and goes on with letters, digits, _ . -';
      if (!NAME.test(name)) findings.report([kind, name], `'${name}' is not a valid name: ${rule}`, 'key');
    }
  }
}

function checkNetworks({ networks }: TenantFile, findings: Findings): void {
  const seen: { name: string; subnet: Subnet }[] = [];
  for (const [name, { subnet: written, gateway }] of Object.entries(networks)) {
    const subnet = subnetOf(written);
    const problem = hostAddressProblem(addressNumber(gateway), subnet);
    if (problem) findings.report(['networks', name, 'gateway'], `gateway ${gateway} ${problem}`);
    const other = seen.find((one) => one.subnet.first <= subnet.last && subnet.first <= one.subnet.last);
    if (other)
      findings.report(
        ['networks', name, 'subnet'],
        `subnet ${written} of '${name}' overlaps ${subnetText(other.subnet)} of '${other.name}'`,
      );
    seen.push({ name, subnet });
  }
}

function checkRouters({ networks, routers }: TenantFile, findings: Findings): void {
  const routed = new Map<string, string>();
  const named = new Map<string, string>();
  for (const [name, router] of Object.entries(routers)) {
    if (router.count === undefined && router.networks.length === 0)
      findings.report(
        ['routers', name, 'networks'],
        `router '${name}' needs a network: nobody could use it; routers that only take room have a 'count'`,
      );
    if (router.count !== undefined && router.networks.length > 0)
      findings.report(
        ['routers', name, 'count'],
        `'count' is of routers without networks: a network has one router as its gateway`,
      );
    for (const own of routerNames(name, router)) {
      const other = named.get(own);
      if (other !== undefined)
        findings.report(['routers', name], `it makes router '${own}', which '${other}' makes already`, 'key');
      named.set(own, name);
    }
    checkNetworkName(networks, router.external, ['routers', name, 'external'], findings);
    if (networks[router.external] && networks[router.external]!.provider === undefined)
      findings.report(
        ['routers', name, 'external'],
        `network '${router.external}' is not a provider's: it has no 'provider'`,
      );
    router.networks.forEach((network, index) => {
      const path = ['routers', name, 'networks', index];
      checkNetworkName(networks, network, path, findings);
      const other = routed.get(network);
      if (other !== undefined)
        findings.report(path, `network '${network}' has a gateway already: router '${other}'`);
      routed.set(network, name);
    });
  }
}

function checkPorts(file: TenantFile, topology: Topology, findings: Findings): void {
  const taken = new Map<string, string>();
  const claim = (what: string, name: string, path: string[]) => {
    const other = taken.get(what);
    if (other === undefined) taken.set(what, `port '${name}'`);
    else findings.report(path, `${what} belongs to ${other} already`);
  };
  for (const [name, { gateway }] of Object.entries(file.networks))
    taken.set(`address ${gateway}`, `the gateway of '${name}'`);
  for (const [name, port] of Object.entries(file.ports)) {
    const path = ['ports', name];
    const known = checkNetworkName(file.networks, port.network, [...path, 'network'], findings);
    const network = file.networks[port.network];
    if (known && network) {
      const problem = hostAddressProblem(addressNumber(port.address), subnetOf(network.subnet));
      if (problem) findings.report([...path, 'address'], `address ${port.address} ${problem}`);
    }
    claim(`address ${port.address}`, name, [...path, 'address']);
    const problem = macProblem(port.mac);
    if (problem) findings.report([...path, 'mac'], problem);
    else claim(`MAC address ${macNumber(port.mac).toString(16).padStart(12, '0')}`, name, [...path, 'mac']);
    checkPlug(port.at, topology, [...path, 'at'], findings);
    if (plugOf(port.at)) claim(`interface ${port.at}`, name, [...path, 'at']);
    if (port.floating_ip !== undefined) {
      checkFloating(file, name, port.floating_ip, findings);
      claim(`address ${port.floating_ip}`, name, [...path, 'floating_ip']);
    }
  }
}

/** Neutron refuses one for a port whose network no router connects with the provider's network that it is of. */
function checkFloating(file: TenantFile, name: string, address: string, findings: Findings): void {
  const path = ['ports', name, 'floating_ip'];
  const { network } = file.ports[name]!;
  const router = Object.values(file.routers).find(({ networks }) => networks.includes(network));
  if (!router) {
    findings.report(path, `a floating IP needs a router: none has network '${network}'`);
    return;
  }
  const external = file.networks[router.external];
  const problem = external && hostAddressProblem(addressNumber(address), subnetOf(external.subnet));
  if (problem) findings.report(path, `floating IP ${address} ${problem}`);
}

function checkPlug(at: string, topology: Topology, path: string[], findings: Findings): void {
  const plug = plugOf(at);
  if (!plug) {
    findings.report(path, `'${at}' is not a place: write NODE:INTERFACE, like compute1:vm1`);
    return;
  }
  const nodes = topology.nodes.filter(isAgentNode).map(({ name }) => name);
  if (!nodes.includes(plug.node)) {
    const hint = didYouMean(plug.node, nodes);
    findings.report(
      path,
      `'${plug.node}' is not a node with Neutron's agents${hint}; these are: ${nodes.join(', ') || 'none'}`,
    );
    return;
  }
  const own = fabricPorts(topology).ports.filter(({ node }) => node === plug.node);
  const names = own.map((port) => port.interface);
  if (!names.includes(plug.interface))
    findings.report(
      path,
      `node '${plug.node}' has no interface '${plug.interface}'${didYouMean(plug.interface, names)}; it has ${names.join(', ') || 'none'}`,
    );
}

function checkNetworkName(
  networks: TenantFile['networks'],
  name: string,
  path: (string | number)[],
  findings: Findings,
): boolean {
  const names = Object.keys(networks);
  if (names.includes(name)) return true;
  findings.report(
    path,
    `there is no network '${name}'${didYouMean(name, names)}; there are ${names.join(', ') || 'none'}`,
  );
  return false;
}
