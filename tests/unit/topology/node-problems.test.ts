import { describe, test } from 'vitest';
import { expectOnlyProblem, lab } from './problems-of.ts';

const BRIDGES = `    fabric:
    "br1|fabric": {kind: bridge, network-mode: "container:fabric"}
    "br2|fabric": {kind: bridge, network-mode: "container:fabric"}
    r1:
    r2:`;
const nodes: [string, string, string | RegExp][] = [
  ['no image', 'name: t\ntopology:\n  nodes:\n    ▶r1: {kind: linux}', /node 'r1' has no image/],
  [
    'no kind',
    'name: t\ntopology:\n  nodes:\n    ▶r1: {image: i}',
    /node 'r1' has no kind: write 'kind: linux'/,
  ],
  ['node name', lab('    ▶"r 1":'), /'r 1' is not a valid name for a node: it starts with a letter or digit/],
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
    "'/data' is not a bind: write SOURCE:TARGET or SOURCE:TARGET:ro",
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
    "unknown label 'hadrill.hots' (did you mean 'hadrill.host'?); labels known to hadrill: hadrill.bmc, hadrill.built-on, hadrill.cluster, hadrill.dhcp, hadrill.host, hadrill.log-ignore, hadrill.networks, hadrill.owner, hadrill.role, hadrill.routers, hadrill.tenant, hadrill.vr.NAME",
  ],
  [
    'reserved label',
    lab('    r1: {labels: {▶hadrill.run: a}}'),
    /label 'hadrill.run' is set by hadrill itself/,
  ],
  [
    'what an image is built on',
    lab('    r1: {labels: {hadrill.built-on: ▶my/router}}'),
    "label 'hadrill.built-on' names an image of hadrill's, such as hadrill/router: 'my/router' is none",
  ],
  ['host name', lab('    r1: {labels: {hadrill.host: ▶"a b"}}'), /'a b' is not a valid name for a host/],
  [
    'an owner of a virtual router that it is no member of',
    lab('    r1: {labels: {hadrill.vr.x: 1/198.18.1.1, hadrill.owner: ▶y}}'),
    "the node does not take part in virtual router 'y' (did you mean 'x'?); of its labels hadrill.vr.NAME, NAME is x",
  ],
  [
    'cluster name',
    lab('    r1: {labels: {hadrill.cluster: ▶"a b"}}'),
    /'a b' is not a valid name for a cluster/,
  ],
  [
    'virtual router',
    lab('    r1: {labels: {hadrill.vr.x: ▶198.18.1.1}}'),
    "'198.18.1.1' is not a virtual router: write VRID/VIP, like 1/198.18.1.1",
  ],
  [
    'virtual router address',
    lab('    r1: {labels: {hadrill.vr.x: ▶1/198.18.1.256}}'),
    /'1\/198.18.1.256' is not a virtual router/,
  ],
  [
    'virtual router id',
    lab('    r1: {labels: {hadrill.vr.x: ▶256/198.18.1.1}}'),
    'virtual router id 256 is out of range: 1 to 255',
  ],
  [
    'virtual router name',
    lab('    r1: {labels: {▶"hadrill.vr.": 1/198.18.1.1}}'),
    /'' is not a valid name for a virtual router/,
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

describe.each([
  ['node', nodes],
  ['stage', stages],
])('a %s that does not fit', (_what, cases) => {
  test.each(cases)('%s', (_name, text, message) => expectOnlyProblem(text, message));
});
