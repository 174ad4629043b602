import { InputError, type InputProblem } from '../../../ground/errors.ts';
import type { Given, GivenFile, Initialiser } from '../../initialiser.ts';
import { cannotPropose } from '../../proposal/cannot-propose.ts';
import { drillTexts } from '../../proposal/drill-texts.ts';
import { labText, type ProposedNode } from '../../proposal/lab-text.ts';
import { addressesOf, type SharedNetwork, SharedNetworks } from '../../proposal/shared-networks.ts';
import { type DnsmasqConf, parseDnsmasqConf } from '../config/dnsmasq-conf.ts';
import { type DnsmasqGiven, dnsmasqLines } from '../config/dnsmasq-syntax.ts';

const OPTION = 'dnsmasq';
const IMAGE = 'hadrill/dhcp';
const CONF = '/etc/dnsmasq.conf';
/** Files that dnsmasq makes itself, or does without. */
const NOT_MISSED =
  /^(dhcp-leasefile|dhcp-script|pid-file|log-facility|resolv-file|conf-file|conf-dir|interface|server|address|local)$/;

/** Two DHCP servers on one network, each with a dnsmasq.conf of its own, and a tester that plays clients. */
export const dnsmasqPair: Initialiser = {
  pair: 'dnsmasq',
  files: [{ option: OPTION, what: 'dnsmasq.conf of a DHCP server', at: CONF, shared: false }],
  image: IMAGE,
  propose,
};

interface Server {
  node: string;
  source: GivenFile;
  conf: DnsmasqConf;
  given: DnsmasqGiven[];
}

function propose({ name, files, nodes, addresses, own, found, note }: Given): ReadonlyMap<string, string> {
  const servers = [...(files.get(OPTION) ?? [])].map(([node, source]) => readServer(node, source));
  const pools = servers.flatMap(({ conf }) => conf.ranges.filter(({ mode }) => mode === 'pool'));
  if (pools.length === 0)
    throw cannotPropose(
      `the files of ${nodes.join(', ')} have no dhcp-range from which an unknown client gets an address`,
    );
  for (const server of servers) for (const line of notCarriedOver(server)) note(line);
  const network = networkOf(servers, addresses, note);
  network.complete(nodes, found);
  const tester = network.all[0]!.free();
  return new Map([
    ...servers.map(({ node, source }): [string, string] => [`${node}/dnsmasq.conf`, source.text]),
    [`${name}.clab.yml`, topologyText(name, nodes, network.all[0]!, tester, own)],
    ...drillTexts(drillOf(name, servers, network.all[0]!)),
  ]);
}

function readServer(node: string, source: GivenFile): Server {
  const problems: InputProblem[] = [];
  const given = dnsmasqLines(source.text, source.file, problems);
  if (problems.length > 0) throw new InputError(problems);
  return { node, source, conf: parseDnsmasqConf(source.text, source.file), given };
}

function notCarriedOver({ node, given }: Server): string[] {
  return given
    .filter(({ name, value }) => value?.startsWith('/') && !NOT_MISSED.test(name))
    .map(
      ({ name, value }) =>
        `${node} names ${value} (${name}): it is not carried over; bind it in the topology, or change the copy`,
    );
}

/** The one network of all pools. */
function networkOf(
  servers: readonly Server[],
  addresses: ReadonlyMap<string, string>,
  note: Given['note'],
): SharedNetworks {
  const networks = new SharedNetworks(addresses);
  const interfaces = servers.flatMap(({ given }) => valuesOf(given, 'interface'));
  const own = new Set(interfaces);
  if (own.size > 1)
    throw cannotPropose(
      `the files name several interfaces, ${[...own].join(', ')}: a lab with one of them is proposed where one is named`,
    );
  const [name = 'eth0'] = interfaces;
  for (const { node, conf, given } of servers) {
    for (const address of valuesOf(given, 'listen-address').filter((one) => !one.startsWith('127.')))
      networks.take(address, lengthOf(given), name).own.set(node, address);
    for (const { start, end } of conf.ranges) {
      const known = networks.of(start);
      const network = networks.take(start, lengthOf(given), name);
      if (!known && lengthOf(given) === undefined)
        note(
          `network of ${start}: no netmask is written, /${network.prefix_length} is assumed (--address NODE:${name}=ADDRESS/LENGTH says another)`,
        );
      takeAll(networks, start, end);
    }
    const routers = given.flatMap((one) => routersOf(one));
    for (const router of routers) if (networks.of(router)) networks.take(router, undefined, name);
  }
  if (networks.all.length > 1)
    throw cannotPropose(
      `the pools are on several networks, ${networks.all.map(({ network }) => network).join(', ')}: a lab is proposed for one`,
    );
  return networks;
}

/** Addresses that clients get are nobody else's. */
function takeAll(networks: SharedNetworks, start: string, end: string): void {
  for (let at = numberOf(start); at <= numberOf(end) && at - numberOf(start) < 65_536; at++)
    networks.take(textOf(at), undefined, '');
}

function valuesOf(given: readonly DnsmasqGiven[], option: string): string[] {
  return given
    .filter(({ name }) => name === option)
    .flatMap(({ value }) => value?.split(',') ?? [])
    .map((value) => value.trim());
}

function routersOf({ name, value = '' }: DnsmasqGiven): string[] {
  const words = value.split(',').map((word) => word.trim());
  if (!name.startsWith('dhcp-option') || !words.some((word) => word === '3' || word === 'option:router'))
    return [];
  return words.filter((word) => /^\d+(\.\d+){3}$/.test(word));
}

/** Of the netmask in a dhcp-range. */
function lengthOf(given: readonly DnsmasqGiven[]): number | undefined {
  const masks = valuesOf(given, 'dhcp-range').filter((word) => /^255(\.\d+){3}$/.test(word));
  const bits = masks[0] === undefined ? '' : numberOf(masks[0]).toString(2);
  return /^1+0*$/.test(bits) ? bits.replaceAll('0', '').length : undefined;
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

function topologyText(
  name: string,
  nodes: readonly string[],
  network: SharedNetwork,
  tester: string,
  as_found: Given['own'],
): string {
  const server = (node: string): ProposedNode => ({
    image: IMAGE,
    binds: [`${node}/dnsmasq.conf:${CONF}:ro`],
    env: { ADDRESSES: addressesOf([network], node) },
    labels: { 'hadrill.host': node, 'hadrill.role': 'dhcp-server' },
  });
  const { interface: own, prefix_length } = network;
  return labText({
    name,
    made_from: `the dnsmasq.conf of ${nodes.join(' and ')}`,
    nodes: {
      ...Object.fromEntries(nodes.map((node) => [node, server(node)])),
      tester: { image: 'hadrill/endpoint', env: { ADDRESSES: `${own}=${tester}/${prefix_length}` } },
    },
    own: as_found,
    wires: [...nodes, 'tester'].map((node) => ({ node, interface: own, network: own })),
  });
}

function drillOf(
  name: string,
  servers: readonly Server[],
  network: SharedNetwork,
): Parameters<typeof drillTexts>[0] {
  const [first, second] = servers.map(({ node }) => node) as [string, string];
  const late = servers.some(({ conf }) => conf.reply_delays.length > 0);
  const pinging = servers.some(({ conf }) => !conf.no_ping);
  const pools = servers.flatMap(({ conf }) => conf.ranges.filter(({ mode }) => mode === 'pool'));
  const times = late || pinging ? { served_within: '4s', offers_within: '4s' } : {};
  return {
    name,
    victim: `the server ${first}`,
    target: `host:${first}`,
    probe: {
      name: 'dhcp',
      options: {
        kind: 'dhcp',
        from: 'tester',
        interface: network.interface,
        ranges: [...new Set(pools.map(({ start, end }) => `${start}-${end}`))],
        servers: servers.map(({ node }) => network.own.get(node)!),
        rate: 2,
        ...times,
      },
    },
    expect: [
      ...(pinging
        ? [
            '# A server that pings an address before it offers it has no bound (no-ping in its file would end that).',
            '- { metric: dhcp.gap_ms, op: "<=", value: 10000 }',
          ]
        : ['- { metric: dhcp.gap_ms, op: within_bound, value: 0 }']),
      '- { metric: dhcp.servers_after, op: "==", value: 1 }',
      '- { metric: dhcp.servers_back, op: "==", value: 2 }',
      '- { metric: dhcp.outside_ranges, op: "==", value: 0 }',
      '- { metric: dhcp.shared_addresses, op: "==", value: 0 }',
    ],
    first: { kind: 'crash', target: `host:${second}`, words: `the server ${second} is dead` },
    must_fail: '- { metric: dhcp.gap_ms, op: "<=", value: 9000 }',
    control_hold: '{ recovery: 12s }',
    claims: ["expect(result).toRecoverWithin('10s');"],
  };
}
