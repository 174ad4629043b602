import { stringify } from 'yaml';
import { ROUTER_SYSCTLS } from '../../harness/topology/router-sysctls.ts';

/** One VRID for each router on one HA network (RFC 9568 section 5.2.3), and one address each in 203.0.113.0/24. */
export const MOST_ROUTERS = 200;
/** Each host has an own block of 256 addresses in 169.254.192.0/18. */
export const MOST_HOSTS = 62;

const BRIDGE = { kind: 'bridge', 'network-mode': 'container:fabric' };
const GATEWAY = '203.0.113.1';

/** Names of the files for so many routers on so many hosts. */
export function fileNames(routers: number, hosts: number): { topology: string; routers: string } {
  return { topology: `l3-ha-${routers}x${hosts}.clab.yml`, routers: `routers-${routers}.yml` };
}

/**
 * The containerlab file of HA routers: a place for every router on every host, for each router a network of its own with a
 * client, and for all of them one HA network and one outside network with a server.
 * @param routers 1 to 200. @param hosts 1 to 62.
 */
export function topologyText(routers: number, hosts: number): string {
  const vrids = upTo(routers);
  const nodes = {
    fabric: { kind: 'linux', image: 'hadrill/fabric' },
    ...Object.fromEntries(
      [...vrids.map((vrid) => `inside${vrid}`), 'outside', 'ha'].map((name) => [`${name}|fabric`, BRIDGE]),
    ),
    ...Object.fromEntries(
      vrids.flatMap((vrid) =>
        upTo(hosts).map((host) => [`r${vrid}-node${host}`, placeOf(vrid, host, hosts)]),
      ),
    ),
    ...Object.fromEntries(vrids.map((vrid) => [`client${vrid}`, clientOf(vrid)])),
    server: {
      kind: 'linux',
      image: 'hadrill/endpoint',
      env: { ADDRESSES: `outside=${GATEWAY}/24` },
      labels: { 'hadrill.role': 'server' },
    },
  };
  const topology = {
    defaults: {
      sysctls: { 'net.ipv6.conf.all.disable_ipv6': 1, 'net.ipv6.conf.default.disable_ipv6': 1 },
    },
    groups: Object.fromEntries(
      vrids.map((vrid) => [`router${vrid}`, groupOf(vrid, fileNames(routers, hosts).routers)]),
    ),
    nodes,
    links: [
      ...vrids.flatMap((vrid) => upTo(hosts).flatMap((host) => linksOf(vrid, host))),
      ...vrids.map((vrid) => ({
        endpoints: [`client${vrid}:inside`, `inside${vrid}|fabric:client${vrid}`],
        ipv4: [`198.18.${vrid}.10/24`],
      })),
      { endpoints: ['server:outside', 'outside|fabric:server'], ipv4: [`${GATEWAY}/24`] },
    ],
  };
  const options = { aliasDuplicateObjects: false, lineWidth: 0, flowCollectionPadding: false };
  const text = stringify({ name: `l3-ha-${routers}x${hosts}`, topology }, options);
  // YAML 1.1 would make a boolean of `on` once it is in its place.
  return `${head(routers, hosts)}\n${text.replace(/: (\$\{[A-Z_]+:=[^}]*\})$/gm, ': "$1"')}`;
}

/** The routers file for so many routers. */
export function routersText(routers: number): string {
  return `${ROUTERS_HEAD}\nrouters:\n${upTo(routers)
    .map((vrid) => `  r${vrid}:\n    created: \${R${vrid}_CREATED:=at_start}\n`)
    .join('')}`;
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

function groupOf(vrid: number, routersFile: string) {
  return {
    image: 'hadrill/router',
    binds: [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the topology file
      '${KEEPALIVED_CONF:=keepalived.conf.template}:/etc/keepalived/keepalived.conf.template:ro',
      'conntrackd.conf.template:/etc/conntrackd/conntrackd.conf.template:ro',
      'nftables.conf.template:/etc/nftables.conf.template:ro',
    ],
    env: {
      VRID: String(vrid),
      CONNTRACKD_GROUP: String(3780 + vrid),
      INSIDE_NET: `198.18.${vrid}.0/24`,
      INSIDE: `198.18.${vrid}.1`,
      OUTSIDE: `203.0.113.${9 + vrid}`,
      // biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of the topology file
      ADVERT_INT: '${ADVERT_INT:=1}',
      VRRP_VERSION: '${VRRP_VERSION:=3}',
      PRIORITY: '${PRIORITY:=50}',
      PRIORITY_PREEMPT: '50',
      PREEMPT_DELAY: '${PREEMPT_DELAY:=0}',
      CONNTRACKD: '${CONNTRACKD:=on}',
      COMMIT: '${COMMIT:=on}',
      SYNC_MODE: '${SYNC_MODE:=FTFW}',
      // biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of the topology file
    },
    labels: {
      'hadrill.role': 'router',
      'hadrill.routers': routersFile,
      [`hadrill.vr.r${vrid}`]: `${vrid}/198.18.${vrid}.1`,
    },
    sysctls: { ...ROUTER_SYSCTLS },
  };
}

function placeOf(vrid: number, host: number, hosts: number) {
  // Where the router is active at first, as `placeRouters` has it.
  const preferred = host === ((vrid - 1) % hosts) + 1;
  return {
    kind: 'linux',
    group: `router${vrid}`,
    env: {
      ADDRESSES: `ha=${haAddress(vrid, host)}`,
      ...(preferred ? { PRIORITY_PREEMPT: '100' } : {}),
    },
    labels: { 'hadrill.host': `node${host}` },
  };
}

function clientOf(vrid: number) {
  return {
    kind: 'linux',
    image: 'hadrill/endpoint',
    env: { ADDRESSES: `inside=198.18.${vrid}.10/24`, GATEWAY: `198.18.${vrid}.1` },
    labels: { 'hadrill.role': 'client' },
  };
}

function linksOf(vrid: number, host: number) {
  const node = `r${vrid}-node${host}`;
  const port = `r${vrid}n${host}`;
  return [
    { endpoints: [`${node}:inside`, `inside${vrid}|fabric:${port}-in`] },
    { endpoints: [`${node}:outside`, `outside|fabric:${port}-out`] },
    { endpoints: [`${node}:ha`, `ha|fabric:${port}-ha`], ipv4: [haAddress(vrid, host)] },
  ];
}

function haAddress(vrid: number, host: number): string {
  return `169.254.${191 + host}.${vrid}/18`;
}

function head(routers: number, hosts: number): string {
  return `# ${routers} highly available routers on ${hosts} hosts. Written by: node tools/l3-ha/main.ts ${routers} ${hosts}
#
#   client1 ── inside1 ──┬── r1-node1 ──┬── outside ── server
#    198.18.1.0/24       ├── r1-node2 ──┤  203.0.113.0/24
#                        └──── … ───────┘
#                          └─── ha ───┘    169.254.192.0/18, one for all routers
#
# Each rV-nodeH is the place of router V on host H, a namespace of its own as in Neutron; keepalived and conntrackd run
# in it only while the router is bound to that host, and the routers file says to how many it is.
#
# Variables (see also the routers file):
#   ADVERT_INT    seconds between adverts            1     Neutron: 2
#   VRRP_VERSION  2 or 3; below 1 s only 3 works     3     Neutron: 2
#   PRIORITY      of all replicas, 1 to 254          50    Neutron: 50
#   CONNTRACKD    on or off; off is the control of every drill about sessions
#   COMMIT        on or off; off: sessions are synchronised but not handed over to a new master
#   SYNC_MODE     of conntrackd: FTFW for two replicas, NOTRACK for more                   FTFW
#   KEEPALIVED_CONF  keepalived.conf.template, or one that tracks more ports (keepalived-tracked.conf.template), asks the
#                    gateway (-checked), or preempts (-preempt)
#   PREEMPT_DELAY    seconds, of the last of them         0`;
}

const ROUTERS_HEAD = `# What the Neutron server of this lab knows: routers, and how it schedules them. Times are scaled down from
# OpenStack's defaults, so that a drill sees within seconds what takes a deployment minutes; reports say so.
# Written by tools/l3-ha/main.ts.

l3_ha: \${L3_HA:=true}
# Neutron: 3. With two hosts it is min(3, 2).
max_l3_agents_per_router: \${MAX_L3_AGENTS:=2}
# Neutron until Ocata: 2.
min_l3_agents_per_router: \${MIN_L3_AGENTS:=2}
allow_automatic_l3agent_failover: \${L3_FAILOVER:=false}
# OpenStack: 75 s and 30 s.
agent_down_time: 6s
report_interval: 2s

# later: not there until the fault create-router asks for it.`;
