import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { type HaproxyBind, haproxyBinds } from '../../haproxy/config/haproxy-frontends.ts';
import { HAPROXY_CFG } from '../../haproxy/config/load-haproxy.ts';
import type { Given, GivenFile, Initialiser } from '../../initialiser.ts';
import { drillTexts } from '../../proposal/drill-texts.ts';
import { labText, type ProposedNode, type ProposedWire } from '../../proposal/lab-text.ts';
import { addressesOf } from '../../proposal/shared-networks.ts';
import { parseCib } from '../config/cib.ts';
import { corosyncPlace } from '../config/corosync-nodes.ts';
import { PATHS } from '../config/load-clusters.ts';
import { cibForLab } from './cib-for-lab.ts';
import { type ClusterPlace, clusterPlace } from './cluster-place.ts';

const IMAGE = 'hadrill/cluster';
const KEY = '/etc/corosync/authkey';
const LOGFILE = '/var/log/corosync/corosync.log';
/** Folders that the image has. */
const LOG_FOLDERS = ['/var/log', '/var/log/corosync', '/tmp', '/run'];
const SYSCTLS = {
  'net.ipv4.conf.all.arp_ignore': 1,
  'net.ipv4.conf.all.arp_announce': 2,
  'net.ipv4.conf.all.rp_filter': 0,
  'net.ipv4.conf.default.rp_filter': 0,
};

/** A file, and where members have it. */
interface Copy {
  file: string;
  text: string;
  at: string;
  /** The member that has it; all where it is left out. */
  node?: string;
}

/** HAProxy and its address under Pacemaker, a client before it and web servers behind it. */
export const clusterPair: Initialiser = {
  pair: 'HAProxy under Pacemaker',
  files: [
    { option: 'corosync', what: 'corosync.conf of the cluster', at: PATHS.corosync, shared: true },
    {
      option: 'cib',
      what: 'CIB of the cluster, as cibadmin --query prints it',
      at: PATHS.cib,
      or_at: ['/var/lib/pacemaker/cib/cib.xml'],
      shared: true,
    },
    { option: 'haproxy', what: 'haproxy.cfg of the balancers', at: HAPROXY_CFG, shared: true },
  ],
  image: IMAGE,
  propose,
};

function propose(given: Given): ReadonlyMap<string, string> {
  const { name, files, note } = given;
  const filesOf = (option: string) => [...(files.get(option) ?? [])];
  const [, corosync] = filesOf('corosync')[0]!;
  const [, cib] = filesOf('cib')[0]!;
  const haproxy = filesOf('haproxy');
  const conf = corosyncPlace(corosync.text, corosync.file);
  const place = clusterPlace(
    conf,
    parseCib(cib.text, cib.file),
    haproxy.map(([, source]) => source),
    given,
  );
  const members = conf.nodes.map(({ nodeid }, at) => ({ id: nodeid ?? `${at + 1}`, name: place.nodes[at]! }));
  const { text, notes } = cibForLab(cib.text, cib.file, checkOf(haproxy[0]![1]), members);
  for (const line of notes) note(line);
  const copies: Copy[] = [
    {
      file: 'corosync.conf',
      text: withLogfile(corosync.text, conf.logfile, note),
      at: PATHS.corosync,
    },
    { file: 'cib.xml', text, at: PATHS.cib },
    ...haproxy.map(([node, source]): Copy => {
      const copy = { text: source.text, at: HAPROXY_CFG };
      return node === '' ? { file: 'haproxy.cfg', ...copy } : { file: `${node}/haproxy.cfg`, ...copy, node };
    }),
    ...keyOf(conf.encrypted),
  ];
  return new Map([
    ...copies.map(({ file, text: own }): [string, string] => [file, own]),
    [`${name}.clab.yml`, topologyText(name, conf.cluster_name ?? name, place, copies, given.own)],
    ...drillTexts(drillOf(name, place)),
  ]);
}

/** How hadrill's agent asks HAProxy: at the page that it answers itself, where there is one. */
function checkOf({ text, file }: GivenFile): Record<string, string> {
  const alive = haproxyBinds(text, file).find(({ monitor, tls }) => monitor !== undefined && !tls);
  return alive ? { url: urlOf(alive) } : { check: 'pid' };
}

function urlOf({ address, port, monitor }: HaproxyBind): string {
  return `http://${address ?? '127.0.0.1'}:${port}${monitor}`;
}

/** The real key is not for a lab. corosync takes any bytes (corosync-keygen(8)). */
function keyOf(encrypted: boolean): Copy[] {
  return encrypted ? [{ file: 'authkey', text: randomBytes(128).toString('hex'), at: KEY }] : [];
}

/** corosync does not start where the folder of its log is not there: the image has Debian's. */
function withLogfile(text: string, logfile: string | undefined, note: Given['note']): string {
  if (logfile === undefined || LOG_FOLDERS.includes(path.posix.dirname(logfile))) return text;
  note(`in the copy of corosync.conf the log is ${LOGFILE}: the image has no folder for ${logfile}`);
  return text.replace(/^(\s*logfile\s*:).*$/gm, `$1 ${LOGFILE}`);
}

function topologyText(
  name: string,
  cluster: string,
  place: ClusterPlace,
  copies: readonly Copy[],
  own: Given['own'],
): string {
  const { nodes, networks, backends, door, client } = place;
  const member = (node: string): ProposedNode => ({
    image: IMAGE,
    'shm-size': '256mb',
    binds: copies
      .filter((copy) => copy.node === undefined || copy.node === node)
      .map(({ file, at }) => `${file}:${at}:ro`),
    env: { ADDRESSES: addressesOf(networks.all, node), RESPAWN: 'pacemakerd' },
    labels: { 'hadrill.host': node, 'hadrill.cluster': cluster },
    sysctls: SYSCTLS,
  });
  const web = ({ address, port, network }: ClusterPlace['backends'][number]): ProposedNode => ({
    image: 'hadrill/endpoint',
    env: {
      ADDRESSES: `${network.interface}=${address}/${network.prefix_length}`,
      WEB_SERVER: 'on',
      WEB_PORT: String(port),
    },
  });
  const wires: ProposedWire[] = [
    ...networks.all.flatMap((network) =>
      nodes.map((node) => ({ node, interface: network.interface, network: network.interface })),
    ),
    ...backends.map(({ node, network }) => ({
      node,
      interface: network.interface,
      network: network.interface,
    })),
    { node: 'client', interface: door.network.interface, network: door.network.interface },
  ];
  return labText({
    name,
    made_from: 'corosync.conf, a CIB and haproxy.cfg',
    nodes: {
      ...Object.fromEntries(nodes.map((node) => [node, member(node)])),
      ...Object.fromEntries(backends.map((one) => [one.node, web(one)])),
      client: {
        image: 'hadrill/endpoint',
        env: { ADDRESSES: `${door.network.interface}=${client}/${door.network.prefix_length}` },
      },
    },
    wires,
    own,
  });
}

function drillOf(name: string, { door, resource, backends }: ClusterPlace): Parameters<typeof drillTexts>[0] {
  const { address, port } = door;
  // A page of another server than the lab's own need not say where it comes from.
  const content = backends.length > 0 ? {} : { content: 'any' };
  return {
    name,
    victim: `the node with ${resource}`,
    target: `host:active(${resource})`,
    probe: {
      name: 'http',
      options: { kind: 'http', from: 'client', address, ...(port === 80 ? {} : { port }), ...content },
    },
    expect: [
      "# No longer than the files allow, by Corosync's and Pacemaker's own timers; the margin is in ms.",
      '- { metric: http.outage_ms, op: within_bound, value: 300 }',
      '- { metric: vip.owners_max, op: "==", value: 1 }',
    ],
    first: { kind: 'crash', target: `host:standby(${resource})`, words: 'the other node is dead' },
    must_fail: '- { metric: http.outage_ms, op: "<=", value: 9000 }',
    control_hold: '{ takeover: 12s }',
    claims: ["expect(result).toRecoverWithin('30s');", 'expect(result).toHaveSingleOwner();'],
  };
}
