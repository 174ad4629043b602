/** Something the engine's kernel may or may not have, and a command that shows it. */
export interface KernelAbility {
  name: string;
  /** What goes without it. */
  purpose: string;
  /** No lab works without it. */
  needed: boolean;
  /** The kernel module that brings it. */
  module: string;
  /** Shell command, run in an empty network namespace that has the veth pair p0/p1. */
  command: string;
}

const table = (family: string) => `nft add table ${family} t`;
const hooked = (family: string, hook: string) =>
  `${table(family)} && nft add chain ${family} t c '{ type filter hook ${hook} priority 0; }'`;

/** ip-link(8), tc(8), nft(8). */
export const KERNEL_ABILITIES: readonly KernelAbility[] = [
  link('veth', 'wires', 'type veth peer name a1', true),
  link('bridge', 'layer-2 segments', 'type bridge', true),
  {
    name: 'bridge locked ports',
    purpose: 'faults one-way, cut and flap of a carrier or one direction',
    needed: false,
    module: 'bridge',
    command: 'ip link add b0 type bridge && ip link set p0 master b0 && bridge link set dev p0 locked on',
  },
  {
    name: 'shaping of what comes in',
    purpose: 'faults delay, rate and reorder of what a node sends',
    needed: false,
    module: 'ifb sch_ingress cls_u32 act_mirred',
    command: [
      'ip link add a0 type ifb && tc qdisc add dev p0 ingress',
      'tc filter add dev p0 parent ffff: protocol all prio 1 u32 match u32 0 0 action mirred egress redirect dev a0',
    ].join(' && '),
  },
  link('macvlan', 'VRRP virtual MAC addresses', 'link p0 type macvlan'),
  link('vxlan', 'tunnels', 'type vxlan id 1 dstport 4789'),
  link('vlan', 'tagged networks', 'link p0 type vlan id 7', false, '8021q'),
  link('vrf', 'separate routing tables', 'type vrf table 10'),
  link('dummy', 'interfaces without a wire', 'type dummy'),
  qdisc('netem', 'faults delay and reorder', 'root netem delay 1ms'),
  qdisc('tbf', 'fault rate', 'root tbf rate 1mbit burst 10kb latency 50ms'),
  qdisc('htb', 'rate limits by class', 'root htb default 1'),
  qdisc('ingress', 'filters on what comes in', 'ingress'),
  nft(
    'nft numgen',
    'faults corrupt, duplicate, filter and loss: a share of the frames',
    'nft_numgen',
    `${hooked('inet', 'input')} && nft add rule inet t c numgen random mod 100 '<' 10 drop`,
  ),
  nft(
    'nft netdev egress',
    'fault duplicate',
    'nft_dup_netdev',
    `${table('netdev')} && nft add chain netdev t c '{ type filter hook egress device p0 priority 0; }' && nft add rule netdev t c dup to p0`,
  ),
  nft(
    'nft bridge',
    'faults blackhole of a protocol, corrupt, duplicate, filter, loss, mtu and partition',
    'nf_tables',
    hooked('bridge', 'forward'),
  ),
  nft(
    'nft nat',
    'address translation in routers',
    'nft_nat',
    `${table('ip')} && nft add chain ip t c '{ type nat hook postrouting priority 100; }' && nft add rule ip t c masquerade`,
  ),
  nft(
    'nft ct',
    'stateful firewalls in routers',
    'nft_ct',
    `${hooked('inet', 'forward')} && nft add rule inet t c ct state established accept`,
  ),
];

function link(name: string, purpose: string, what: string, needed = false, module = name): KernelAbility {
  return { name, purpose, needed, module, command: `ip link add a0 ${what}` };
}

function qdisc(name: string, purpose: string, what: string): KernelAbility {
  return { name, purpose, needed: false, module: `sch_${name}`, command: `tc qdisc add dev p0 ${what}` };
}

function nft(name: string, purpose: string, module: string, command: string): KernelAbility {
  return { name, purpose, needed: false, module, command };
}

/** A shell script that tries every ability in a network namespace of its own and prints `yes NAME` or `no NAME`. */
export function abilityScript(abilities: readonly KernelAbility[] = KERNEL_ABILITIES): string {
  return abilities
    .map(({ name, command }) => {
      const inside = `ip link add p0 type veth peer name p1 2>/dev/null; ${command}`;
      return `if unshare --net sh -c ${quote(inside)} >/dev/null 2>&1; then echo 'yes ${name}'; else echo 'no ${name}'; fi`;
    })
    .join('\n');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What `abilityScript` printed: name to present. */
export function readAbilities(output: string): Map<string, boolean> {
  return new Map([...output.matchAll(/^(yes|no) (.+)$/gm)].map((match) => [match[2]!, match[1] === 'yes']));
}
