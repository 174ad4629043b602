import { describe, expect, test } from 'vitest';
import { lab, marked, problemsOf } from './problems-of.ts';

const BRIDGES = `    fabric:
    "br1|fabric": {kind: bridge, network-mode: "container:fabric"}
    "br2|fabric": {kind: bridge, network-mode: "container:fabric"}
    r1:
    r2:`;
const veth = (a: string, b: string) =>
  `    - {type: veth, endpoints: [{node: r1, interface: a${a}}, {node: r2, interface: b${b}}]}`;

const nodes: [string, string, string | RegExp][] = [
  ['no image', 'name: t\ntopology:\n  nodes:\n    ▶r1: {kind: linux}', /node 'r1' has no image/],
  [
    'no kind',
    'name: t\ntopology:\n  nodes:\n    ▶r1: {image: i}',
    /node 'r1' has no kind: write 'kind: linux'/,
  ],
  ['node name', lab('    ▶"r 1":'), /'r 1' is no name for a node: it starts with a letter or digit/],
  ['reserved node name', lab('    ▶host:'), /'host' cannot name a node/],
  [
    'bridge name on a linux node',
    lab('    ▶"a|b":\n    b:'),
    /'NAME\|NODE' is a bridge: it needs 'kind: bridge'/,
  ],
  [
    'shared namespace',
    lab('    r1:\n    r2: {network-mode: ▶"container:r1"}'),
    /for a linux node: every node has a network namespace of its own/,
  ],
  [
    'unknown group',
    lab('    r1: {group: ▶spin}\n  groups: {spine: }'),
    "unknown group 'spin' (did you mean 'spine'?); defined: spine",
  ],
  [
    'unknown group, none defined',
    lab('    r1: {group: ▶x}'),
    "unknown group 'x'; topology.groups defines none",
  ],
  [
    'unknown capability',
    lab('    r1: {cap-add: [NET_ADMIN, ▶NET_ADMN]}'),
    "unknown capability 'NET_ADMN' (did you mean 'NET_ADMIN'?); see capabilities(7)",
  ],
  ['all capabilities', lab('    r1: {cap-add: [▶ALL]}'), /'cap-add: ALL' is refused/],
  [
    'bind without target',
    lab('    r1: {binds: [▶/data]}'),
    "'/data' is no bind: write SOURCE:TARGET or SOURCE:TARGET:ro",
  ],
  [
    'bind with a relative target',
    lab('    r1: {binds: [▶"/tmp:data"]}'),
    /the target 'data' must be an absolute path/,
  ],
  [
    'bind mode',
    lab('    r1: {binds: [▶"/tmp:/data:z"]}'),
    "bind '/tmp:/data:z': mode 'z' is not supported by hadrill; allowed: ro, rw",
  ],
  [
    'bind source',
    lab('    r1: {binds: [▶nope.conf:/data]}'),
    /^bind 'nope\.conf:\/data': there is no '\/.*\/nope\.conf'$/,
  ],
  [
    'bind of a directory made by containerlab',
    lab('    r1: {binds: [▶"__clabNodeDir__/x:/x"]}'),
    /containerlab's '__clabNodeDir__' is not supported by hadrill/,
  ],
  [
    'open quote',
    lab(`    r1: {exec: [▶'echo "a']}`),
    /this command cannot be split into words: a double quote/,
  ],
  ['empty command', lab('    r1: {exec: [▶" "]}'), 'the command is empty'],
  [
    'healthcheck command',
    lab('    r1: {healthcheck: {test: [▶curl, x]}}'),
    /'test' begins with 'curl': it begins with CMD/,
  ],
  [
    'healthcheck without command',
    lab('    r1: {healthcheck: {test: ▶[CMD-SHELL]}}'),
    /needs exactly one command after CMD-SHELL/,
  ],
  ['whole environment', lab('    r1: {env: {▶__IMPORT_ENVS: true}}'), /'__IMPORT_ENVS' is not supported/],
  [
    'unknown label',
    lab('    r1: {labels: {▶hadrill.hots: a}}'),
    "unknown label 'hadrill.hots' (did you mean 'hadrill.host'?); labels known to hadrill: hadrill.host, hadrill.role, hadrill.vr.NAME",
  ],
  [
    'reserved label',
    lab('    r1: {labels: {▶hadrill.run: a}}'),
    /label 'hadrill.run' is set by hadrill itself/,
  ],
  ['host name', lab('    r1: {labels: {hadrill.host: ▶"a b"}}'), /'a b' is no name for a host/],
  [
    'virtual router',
    lab('    r1: {labels: {hadrill.vr.x: ▶198.18.1.1}}'),
    "'198.18.1.1' is no virtual router: write VRID/VIP, like 1/198.18.1.1",
  ],
  [
    'virtual router address',
    lab('    r1: {labels: {hadrill.vr.x: ▶1/198.18.1.256}}'),
    /'1\/198.18.1.256' is no virtual router/,
  ],
  [
    'virtual router id',
    lab('    r1: {labels: {hadrill.vr.x: ▶256/198.18.1.1}}'),
    'virtual router id 256 is out of range: 1 to 255',
  ],
  [
    'virtual router name',
    lab('    r1: {labels: {▶"hadrill.vr.": 1/198.18.1.1}}'),
    /'' is no name for a virtual router/,
  ],
  [
    'virtual router that differs',
    lab('    r1: {labels: {hadrill.vr.x: 1/198.18.1.1}}\n    r2: {labels: {hadrill.vr.x: ▶1/198.18.1.2}}'),
    "virtual router 'x' is 1/198.18.1.2 on 'r2' but 1/198.18.1.1 on 'r1'",
  ],
];

const stages: [string, string, string | RegExp][] = [
  [
    'unknown node',
    lab('    r1: {stages: {create: {wait-for: [{node: ▶r22, stage: create}]}}}\n    r2:'),
    "wait-for names unknown node 'r22' (did you mean 'r2'?)",
  ],
  [
    'no healthcheck',
    lab('    r1: {stages: {create: {wait-for: [{node: r2, stage: ▶healthy}]}}}\n    r2:'),
    "waits until 'r2' is healthy, but that node has no healthcheck",
  ],
  [
    'itself',
    lab('    r1: {stages: {configure: {wait-for: [▶{node: r1, stage: create}]}}}'),
    "node 'r1' waits for itself",
  ],
  [
    'cycle',
    lab(`    r1: {stages: {create: {wait-for: [▶{node: r2, stage: create}]}}}
    r2: {stages: {create: {wait-for: [{node: r3, stage: create-links}]}}}
    r3: {stages: {configure: {wait-for: [{node: r1, stage: create}]}}}
    r4: {stages: {create: {wait-for: [{node: r1, stage: create}]}}}`),
    'nodes wait for each other: r1 -> r2 -> r3 -> r1 (an arrow reads "waits for")',
  ],
  [
    'fabric',
    lab(`${BRIDGES}\n    r3: {stages: {create: {wait-for: [{node: fabric, stage: ▶healthy}]}}}`),
    "'fabric' is part of hadrill's fabric and never gets to stage 'healthy'",
  ],
];

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
    "'r2' is no link endpoint: write it NODE:INTERFACE",
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
    /'eth\/1' is no interface name/,
  ],
  [
    'loopback',
    lab('    r1:\n    r2:', '    - endpoints: [▶"r1:lo", "r2:a"]'),
    "interface name 'lo' is reserved by the kernel",
  ],
  [
    'mac',
    lab('    r1:\n    r2:', veth(', mac: ▶"02:00:00:00:01"', '')),
    "'02:00:00:00:01' is no MAC address: write it like 02:00:00:00:00:01",
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
    "'198.18.1.300/24' is no IPv4 address with prefix length: write it like 198.18.1.1/24",
  ],
  [
    'ipv4 prefix length',
    lab('    r1:\n    r2:', veth(', ipv4: ▶198.18.1.1/33', '')),
    /'198.18.1.1\/33' is no IPv4 address/,
  ],
  [
    'ipv4 without prefix length',
    lab('    r1:\n    r2:', veth(', ipv4: ▶198.18.1.1', '')),
    "'198.18.1.1' has no prefix length: write it like 198.18.1.1/24",
  ],
  [
    'ipv6',
    lab('    r1:\n    r2:', veth(', ipv6: ▶"2001:db8::g/64"', '')),
    /is no IPv6 address with prefix length/,
  ],
  [
    'ipv4 where ipv6 belongs',
    lab('    r1:\n    r2:', veth(', ipv6: ▶198.18.1.1/24', '')),
    /is no IPv6 address/,
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
    "'x' is no IPv4 address with prefix length: write it like 198.18.1.1/24",
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
  ['node', nodes],
  ['stage', stages],
  ['link', links],
  ['bridge', bridges],
])('a %s that does not fit', (_what, cases) => {
  test.each(cases)('%s', async (_name, text, message) => {
    const { yaml, at } = marked(text);
    const problems = await problemsOf(yaml);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${at} `));
    const found = problems[0]!.slice(at.length + 1);
    if (typeof message === 'string') expect(found).toBe(message);
    else expect(found).toMatch(message);
  });
});
