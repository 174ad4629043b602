import type { DhcpAgent, Network, NetworkSettings, Port } from './networks.ts';
import { addressText, netmaskText, subnetOf } from './subnet.ts';

/** Where the image `hadrill/dhcp` looks: the service dnsmasq runs only while this file is there. */
export const DNSMASQ_CONF = '/etc/dnsmasq.conf';
const STATE = '/var/lib/neutron/dhcp';
/** What dnsmasq gets to know of the ports: `MAC,NAME,ADDRESS`, one a line. */
export const HOSTS_FILE = `${STATE}/host`;
const OPTIONS = `${STATE}/opts`;
const NAMES = `${STATE}/addn_hosts`;
const INITIAL_LEASES = `${STATE}/initial_leases`;
/** Written by dnsmasq itself, and at its start from the initial leases. */
export const LEASES_FILE = `${STATE}/leases`;

const DOMAIN = 'openstacklocal';

/** What is to be written into a place, and what must not be there. */
export interface PlaceFiles {
  /** Content by absolute path in the node. */
  readonly files: Readonly<Record<string, string>>;
  /** Absolute paths in the node. */
  readonly remove: readonly string[];
}

/**
 * The files of a place to which its network is bound: as Neutron's agent writes them for dnsmasq (dnsmasq(8):
 * `--dhcp-hostsfile`, `--dhcp-optsfile`, `--addn-hosts`, `--dhcp-leasefile`).
 * @param ports those that the network has now.
 * @param agents all places of the network: they have names too.
 */
export function boundPlaceFiles(
  network: Network,
  ports: readonly Port[],
  agents: readonly DhcpAgent[],
  agent: DhcpAgent,
  settings: NetworkSettings,
): PlaceFiles {
  const files = {
    [DNSMASQ_CONF]: dnsmasqConf(network, agent, settings),
    [HOSTS_FILE]: lines(ports.map(({ mac, address }) => `${mac},${fullName(address)},${address}`)),
    [OPTIONS]: lines(options(network)),
    [NAMES]: lines(
      [...agents, ...ports].map(({ address }) => `${address}\t${fullName(address)} ${shortName(address)}`),
    ),
  };
  if (!settings.initial_leases) return { files, remove: [INITIAL_LEASES] };
  return { files: { ...files, [INITIAL_LEASES]: lines(ports.map(leaseWithoutEnd)) }, remove: [] };
}

/** A place whose network is not bound to its host has none of the files; the leases go when dnsmasq has ended. */
export const UNBOUND_PLACE_FILES: PlaceFiles = {
  files: {},
  remove: [DNSMASQ_CONF, HOSTS_FILE, OPTIONS, NAMES, INITIAL_LEASES],
};

function dnsmasqConf(network: Network, agent: DhcpAgent, settings: NetworkSettings): string {
  const subnet = subnetOf(network.subnet);
  const range = [
    `set:${tagOf(network)}`,
    addressText(subnet.first),
    'static',
    netmaskText(subnet),
    `${settings.lease_s}s`,
  ];
  return lines([
    'no-hosts',
    'no-resolv',
    'local-service',
    'bind-dynamic',
    `interface=${agent.interface}`,
    `domain=${DOMAIN}`,
    'user=root',
    'log-facility=-',
    ...(settings.log ? [] : ['quiet-dhcp']),
    `dhcp-range=${range.join(',')}`,
    `dhcp-lease-max=${subnet.last - subnet.first + 1}`,
    `dhcp-hostsfile=${HOSTS_FILE}`,
    `dhcp-optsfile=${OPTIONS}`,
    `addn-hosts=${NAMES}`,
    `dhcp-leasefile=${LEASES_FILE}`,
    // dnsmasq sends both to every client, forced or not; this is how Neutron writes it.
    ...(settings.t1_s === undefined ? [] : [`dhcp-option-force=option:T1,${settings.t1_s}s`]),
    ...(settings.t2_s === undefined ? [] : [`dhcp-option-force=option:T2,${settings.t2_s}s`]),
    ...(settings.authoritative ? ['dhcp-authoritative'] : []),
    ...(settings.leasefile_ro ? ['leasefile-ro'] : []),
  ]);
}

/** An option without a value is not sent: otherwise dnsmasq would name itself as the router and the name server. */
function options(network: Network): string[] {
  const router = network.gateway === undefined ? '' : `,${network.gateway}`;
  return [`tag:${tagOf(network)},option:router${router}`, `tag:${tagOf(network)},option:dns-server`];
}

/** A line of dnsmasq's lease file: expiry (0: never), MAC address, address, name and client id (unknown). */
function leaseWithoutEnd({ mac, address }: Port): string {
  return `0 ${mac} ${address} * *`;
}

function tagOf({ name }: Network): string {
  return `subnet-${name}`;
}

function shortName(address: string): string {
  return `host-${address.replaceAll('.', '-')}`;
}

function fullName(address: string): string {
  return `${shortName(address)}.${DOMAIN}`;
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
