import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';

/** Limits of what one VRID space and one /16 of documentation addresses hold. */
const MOST_PAIRS = 200;

const KEEPALIVED = `global_defs {
    vrrp_version 3
}
vrrp_instance VR_\${VRID} {
    state BACKUP
    nopreempt
    priority \${PRIORITY}
    virtual_router_id \${VRID}
    advert_int 1
    interface ha
    virtual_ipaddress {
        169.254.0.\${VRID}/24 dev ha
    }
    virtual_ipaddress_excluded {
        \${INSIDE} dev inside
        \${OUTSIDE}
    }
}
`;

type Wire = [{ node: string; interface: string; ipv4?: string }, { node: string; interface: string }];

/**
 * Writes a topology with pairs of virtual routers over two hosts, of which the first has the higher
 * priority, and a drill that takes the power of the one with the first pair's master. All pairs advertise on one HA network, as Neutron's do; the first one has a
 * client and a server, for the others the wire is the witness.
 * @param count of pairs, 1 to 200.
 * @returns the drill's file.
 */
export async function writePairs(folder: string, count: number): Promise<string> {
  if (count < 1 || count > MOST_PAIRS) throw new RangeError(`1 to ${MOST_PAIRS} pairs, not ${count}`);
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  const bridge = { kind: 'bridge', 'network-mode': 'container:fabric' };
  const inside = (vrid: number) => `198.18.${vrid}`;
  const nodes = {
    fabric: { kind: 'linux', image: 'hadrill/fabric' },
    ...Object.fromEntries(['ha', 'inside', 'outside'].map((name) => [`${name}|fabric`, bridge])),
    client: endpoint(`inside=${inside(1)}.10/24`, `${inside(1)}.1`),
    server: endpoint('outside=203.0.113.1/24', '203.0.113.10'),
    ...Object.fromEntries(
      numbers.flatMap((vrid) => [1, 2].map((host) => [`r${vrid}-${host}`, router(vrid, host, inside(vrid))])),
    ),
  };
  const links = [
    ...numbers.flatMap((vrid) => wiresOf(vrid)),
    [
      { node: 'client', interface: 'inside' },
      { node: 'inside|fabric', interface: 'client' },
    ],
    [
      { node: 'server', interface: 'outside' },
      { node: 'outside|fabric', interface: 'server' },
    ],
  ].map((endpoints) => ({ type: 'veth', endpoints }));
  const topology = { name: 'pairs', topology: { nodes, links } };
  const drill = {
    description: `a host with ${count} masters loses its power`,
    topology: 'pairs.clab.yml',
    probes: { udp: { kind: 'udp', from: 'client', to: 'server', address: '203.0.113.1' } },
    fault: { kind: 'crash', target: 'host:master(r1)' },
    expect: [{ metric: 'vip.address_ms', op: 'within_bound', value: 100 }],
  };
  const file = path.join(folder, 'pairs.drill.yml');
  await writeFile(path.join(folder, 'keepalived.conf.template'), KEEPALIVED);
  await writeFile(path.join(folder, 'pairs.clab.yml'), stringify(topology, { aliasDuplicateObjects: false }));
  await writeFile(file, stringify(drill));
  return file;
}

function endpoint(address: string, gateway?: string) {
  return {
    kind: 'linux',
    image: 'hadrill/endpoint',
    env: { ADDRESSES: address, ...(gateway ? { GATEWAY: gateway } : {}) },
  };
}

function router(vrid: number, host: number, inside: string) {
  return {
    kind: 'linux',
    image: 'hadrill/router',
    binds: ['keepalived.conf.template:/etc/keepalived/keepalived.conf.template:ro'],
    env: {
      VRID: String(vrid),
      PRIORITY: String(host === 1 ? 100 : 50),
      CONNTRACKD: 'off',
      ADDRESSES: `ha=169.254.192.${(vrid % 100) * 2 + host}/18`,
      INSIDE: `${inside}.1/24`,
      OUTSIDE: vrid === 1 ? '203.0.113.10/24 dev outside' : '',
    },
    labels: { 'hadrill.host': `node${host}`, [`hadrill.vr.r${vrid}`]: `${vrid}/${inside}.1` },
    sysctls: { 'net.ipv4.ip_forward': 1 },
  };
}

/** The first pair's networks have bridges, where its client and server are; the others' are a wire between the two. */
function wiresOf(vrid: number): Wire[] {
  const [first, second] = [`r${vrid}-1`, `r${vrid}-2`];
  const toBridge = (node: string, name: string): Wire => [
    { node, interface: name },
    { node: `${name}|fabric`, interface: `${node}-${name}`.slice(0, 15) },
  ];
  const both = (name: string) => [toBridge(first, name), toBridge(second, name)];
  const own: Wire[] =
    vrid === 1
      ? [...both('inside'), ...both('outside')]
      : [
          [
            { node: first, interface: 'inside' },
            { node: second, interface: 'inside' },
          ],
        ];
  return [...own, ...both('ha')];
}
