import { describe, test } from 'vitest';
import { expectOnlyProblem, lab } from './problems-of.ts';

const BRIDGES = `    fabric:
    "br1|fabric": {kind: bridge, network-mode: "container:fabric"}
    "br2|fabric": {kind: bridge, network-mode: "container:fabric"}
    r1:
    r2:`;
const veth = (a: string, b: string) =>
  `    - {type: veth, endpoints: [{node: r1, interface: a${a}}, {node: r2, interface: b${b}}]}`;

const links: [string, string, string | RegExp][] = [
  [
    'unknown node',
    lab('    router:', '    - endpoints: ["router:a", ▶"ruoter:b"]'),
    "link to unknown node 'ruoter' (did you mean 'router'?)",
  ],
  [
    'host endpoint',
    lab('    r1:', '    - endpoints: ["r1:a", ▶"host:b"]'),
    /containerlab's 'host:' endpoint is not supported/,
  ],
  [
    'malformed endpoint',
    lab('    r1:\n    r2:', '    - endpoints: ["r1:a", ▶"r2"]'),
    "'r2' is not a link endpoint: write it NODE:INTERFACE",
  ],
  [
    'mappings without type',
    lab('    r1:\n    r2:', '    - ▶endpoints: [{node: r1, interface: a}, {node: r2, interface: b}]'),
    /needs 'type: veth'/,
  ],
  [
    'type with texts',
    lab('    r1:\n    r2:', '    - {type: ▶veth, endpoints: ["r1:a", "r2:a"]}'),
    /'type: veth' needs endpoints written as mappings/,
  ],
  [
    'one of each',
    lab('    r1:\n    r2:', '    - {type: veth, endpoints: ▶["r1:a", {node: r2, interface: a}]}'),
    /two 'NODE:INTERFACE' texts or two mappings/,
  ],
  [
    'interface twice',
    lab('    r1:\n    r2:', '    - endpoints: ["r1:a", "r2:a"]\n    - endpoints: ["r2:b", ▶"r1:a"]'),
    "'r1:a' is already connected by the link in line 8",
  ],
  [
    'link to itself',
    lab('    r1:', '    - endpoints: ["r1:a", ▶"r1:a"]'),
    "a link connects 'r1:a' to itself",
  ],
  [
    'long interface name',
    lab('    r1:\n    r2:', '    - endpoints: [▶"r1:abcdefghijklmnop", "r2:a"]'),
    "interface name 'abcdefghijklmnop' has 16 characters; the kernel takes at most 15",
  ],
  [
    'bad interface name',
    lab('    r1:\n    r2:', '    - endpoints: [▶"r1:eth/1", "r2:a"]'),
    /'eth\/1' is not a valid interface name/,
  ],
  [
    'loopback',
    lab('    r1:\n    r2:', '    - endpoints: [▶"r1:lo", "r2:a"]'),
    "interface name 'lo' is reserved by the kernel",
  ],
  [
    'mac',
    lab('    r1:\n    r2:', veth(', mac: ▶"02:00:00:00:01"', '')),
    "'02:00:00:00:01' is not a MAC address: write it like 02:00:00:00:00:01",
  ],
  [
    'multicast mac',
    lab('    r1:\n    r2:', veth(', mac: ▶"01:00:5e:00:00:01"', '')),
    /is a multicast MAC address/,
  ],
  ['zero mac', lab('    r1:\n    r2:', veth(', mac: ▶"00:00:00:00:00:00"', '')), /all bits are zero/],
  [
    'mac twice',
    lab('    r1:\n    r2:', veth(', mac: "02:00:00:00:00:aa"', ', mac: ▶"02-00-00-00-00-AA"')),
    "MAC address '02:00:00:00:00:aa' is already used in line 8",
  ],
  [
    'ipv4',
    lab('    r1:\n    r2:', veth(', ipv4: ▶198.18.1.300/24', '')),
    "'198.18.1.300/24' is not an IPv4 address with prefix length: write it like 198.18.1.1/24",
  ],
  [
    'ipv4 prefix length',
    lab('    r1:\n    r2:', veth(', ipv4: ▶198.18.1.1/33', '')),
    /'198.18.1.1\/33' is not an IPv4 address/,
  ],
  [
    'ipv4 without prefix length',
    lab('    r1:\n    r2:', veth(', ipv4: ▶198.18.1.1', '')),
    "'198.18.1.1' has no prefix length: write it like 198.18.1.1/24",
  ],
  [
    'ipv6',
    lab('    r1:\n    r2:', veth(', ipv6: ▶"2001:db8::g/64"', '')),
    /is not an IPv6 address with prefix length/,
  ],
  [
    'ipv4 where ipv6 belongs',
    lab('    r1:\n    r2:', veth(', ipv6: ▶198.18.1.1/24', '')),
    /is not an IPv6 address/,
  ],
  [
    'address twice on a link',
    lab('    r1:\n    r2:', veth(', ipv4: 198.18.1.1/24', ', ipv4: ▶198.18.1.1/25')),
    "address '198.18.1.1' is already used on the same segment in line 8",
  ],
  [
    'ipv6 twice, other spelling',
    lab('    r1:\n    r2:', veth(', ipv6: "2001:db8::1/64"', ', ipv6: ▶"2001:DB8:0::1/64"')),
    /address '2001:db8::1' is already used/,
  ],
  [
    'address of the brief form',
    lab('    r1:\n    r2:', '    - {endpoints: ["r1:a", "r2:a"], ipv4: ["", ▶x]}'),
    "'x' is not an IPv4 address with prefix length: write it like 198.18.1.1/24",
  ],
  [
    'address twice on a bridge',
    lab(
      BRIDGES,
      '    - {endpoints: ["r1:a", "br1|fabric:p1"], ipv4: [198.18.1.1/24]}\n    - {endpoints: ["r2:a", "br1|fabric:p2"], ipv4: [▶198.18.1.1/24]}',
    ),
    /address '198.18.1.1' is already used on the same segment in line 11/,
  ],
  [
    'address of a port',
    lab(BRIDGES, '    - {endpoints: ["r1:a", "br1|fabric:p1"], ipv4: ["", ▶198.18.1.1/24]}'),
    "a bridge port has no 'ipv4': give it to the node at the other end",
  ],
  [
    'port twice, other bridge',
    lab(BRIDGES, '    - endpoints: ["r1:a", "br1|fabric:p1"]\n    - endpoints: ["r2:a", ▶"br2|fabric:p1"]'),
    "port 'p1' of bridge 'br2|fabric' is already used in line 11: the ports of all bridges share one fabric",
  ],
  [
    'port named like a bridge',
    lab(BRIDGES, '    - endpoints: ["r1:a", ▶"br1|fabric:br2"]'),
    /port 'br2' of bridge 'br1\|fabric' has the name of a bridge/,
  ],
  [
    'two bridges',
    lab(BRIDGES, '    - endpoints: ▶["br1|fabric:p1", "br2|fabric:p2"]'),
    /a link between two bridges is not supported/,
  ],
  [
    'link of the fabric',
    lab(BRIDGES, '    - endpoints: ["r1:a", ▶"fabric:eth1"]'),
    /node 'fabric' carries bridges, so hadrill's fabric plays it and it can have no link of its own/,
  ],
];

const bridges: [string, string, string | RegExp][] = [
  [
    'unknown holder',
    lab('    r1:\n    ▶"br|fabrik": {kind: bridge, network-mode: "container:fabrik"}\n    fabric:'),
    "bridge 'br|fabrik' lives in node 'fabrik', which is not in the file (did you mean 'fabric'?)",
  ],
  [
    'no network mode',
    lab('    ▶"br|f": {kind: bridge}\n    f:'),
    "bridge 'br|f' needs 'network-mode: container:f', found no network-mode",
  ],
  [
    'other network mode',
    lab('    "br|f": {kind: bridge, network-mode: ▶"container:g"}\n    f:\n    g:'),
    "bridge 'br|f' needs 'network-mode: container:f', found 'network-mode: container:g'",
  ],
  [
    'plain name inside a node',
    lab('    br: {kind: bridge, network-mode: ▶"container:f"}\n    f:'),
    "a bridge inside node 'f' is named 'br|f' in containerlab",
  ],
  [
    'holder is a bridge',
    lab('    ▶"br|b": {kind: bridge, network-mode: "container:b"}\n    b: {kind: bridge}'),
    /cannot live in 'b', which is a bridge itself/,
  ],
  [
    'same name in two nodes',
    lab(
      '    "br|f": {kind: bridge, network-mode: "container:f"}\n    ▶"br|g": {kind: bridge, network-mode: "container:g"}\n    f:\n    g:',
    ),
    "bridge name 'br' is already taken by 'br|f': all bridges of a lab live in one fabric",
  ],
  [
    'long name',
    lab('    ▶bridge-of-sixteen: {kind: bridge}'),
    /bridge name 'bridge-of-sixteen' has 17 characters/,
  ],
  [
    'empty name',
    lab('    ▶"|f": {kind: bridge, network-mode: "container:f"}\n    f:'),
    /no bridge name before the '\|'/,
  ],
  [
    'image of a bridge',
    lab('    br: {kind: bridge, ▶image: x}'),
    "a bridge has no 'image'; allowed here: kind, network-mode, group, labels",
  ],
  [
    'command of the fabric',
    lab('    "br|f": {kind: bridge, network-mode: "container:f"}\n    f: {▶exec: [ls]}'),
    /node 'f' only carries bridges .* its 'exec' would have no effect/,
  ],
];

describe.each([
  ['link', links],
  ['bridge', bridges],
])('a %s that does not fit', (_what, cases) => {
  test.each(cases)('%s', (_name, text, message) => expectOnlyProblem(text, message));
});
