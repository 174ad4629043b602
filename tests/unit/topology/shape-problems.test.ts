import { describe, test } from 'vitest';
import { expectOnlyProblem, lab } from './problems-of.ts';

/** What is wrong, the file with a mark at the place, and the whole message. */
const cases: [string, string, string | RegExp][] = [
  ['no name', 'topology: {nodes: {r1: {kind: linux, image: i}}}', "missing key 'name': expected text"],
  ['no topology', 'name: t', /missing key 'topology': expected a mapping/],
  ['no nodes', 'name: t\n▶topology:\n  links: []', /missing key 'nodes' in 'topology': expected a mapping/],
  ['empty nodes', 'name: t\ntopology:\n  ▶nodes: {}', 'the topology has no nodes'],
  [
    'name is a number',
    'name: ▶7\ntopology: {nodes: {r1: {kind: linux, image: i}}}',
    /'name': expected text, found 7 \(a number\)/,
  ],
  [
    'bad lab name',
    'name: ▶my lab\ntopology: {nodes: {r1: {kind: linux, image: i}}}',
    /'my lab' is not a valid name for a lab/,
  ],
  [
    'lab name from git',
    'name: ▶t-__gitHash__\ntopology: {nodes: {r1: {kind: linux, image: i}}}',
    /'__gitHash__' is not supported/,
  ],
  [
    'bad prefix',
    'name: t\nprefix: ▶-x\ntopology: {nodes: {r1: {kind: linux, image: i}}}',
    /'-x' is not a valid name for a prefix/,
  ],
  [
    'unknown top key',
    'name: t\n▶nmae: x\ntopology: {nodes: {r1: {kind: linux, image: i}}}',
    "unknown key 'nmae' (did you mean 'name'?); allowed here: name, prefix, topology",
  ],
  [
    'management network',
    'name: t\n▶mgmt: {network: x}\ntopology: {nodes: {r1: {kind: linux, image: i}}}',
    /containerlab's key 'mgmt' is ignored: a lab has no management network/,
  ],
  [
    'unknown node key',
    lab('    r1: {▶imge: x}'),
    /^unknown key 'imge' \(did you mean 'image'\?\); allowed here: kind, image, group, .*user$/,
  ],
  [
    'unknown key in defaults',
    'name: t\ntopology:\n  defaults: {kind: linux, image: i, ▶envs: {}}\n  nodes: {r1: }',
    /unknown key 'envs' \(did you mean 'env'\?\)/,
  ],
  [
    'unsupported node key',
    lab('    r1: {▶ports: ["80:80"]}'),
    /containerlab's key 'ports' is not supported by hadrill: no packet leaves or enters a lab/,
  ],
  [
    'unsupported key in a group',
    lab('    r1: {group: g}\n  groups:\n    g: {▶restart-policy: always}'),
    /'restart-policy' is not supported by hadrill: hadrill decides/,
  ],
  [
    'unsupported kind',
    lab('    r1: {kind: ▶nokia_srlinux}'),
    /kind 'nokia_srlinux' is not supported by hadrill: only 'linux' and 'bridge'/,
  ],
  [
    'misspelt kind',
    lab('    r1: {kind: ▶linus}'),
    "'kind': expected one of 'linux', 'bridge' (did you mean 'linux'?), found 'linus'",
  ],
  [
    'privileged',
    lab('    r1: {privileged: ▶true}'),
    /'privileged: true' is refused: a lab runs with the least privilege; list what .* cap-add/,
  ],
  [
    'command on the host',
    lab('    r1: {stages: {create: {exec: [{command: ls, target: ▶host}]}}}'),
    /'target: host' is refused/,
  ],
  ['host network', lab('    r1: {network-mode: ▶host}'), /'network-mode: host' is not supported by hadrill/],
  [
    'unknown network mode',
    lab('    r1: {network-mode: ▶nome}'),
    /'network-mode': expected 'none', or 'container:NODE' for a bridge, found 'nome'/,
  ],
  [
    'image is empty',
    lab('    r1: {image: ▶""}'),
    "'image': expected text that is not empty, found '' (empty text)",
  ],
  ['binds is not a list', lab('    r1: {binds: ▶a:b}'), "'binds': expected a list, found 'a:b'"],
  ['entry of a list', lab('    r1: {exec: [ls, ▶5]}'), "'exec[1]': expected text, found 5 (a number)"],
  [
    'value of a label',
    lab('    r1: {labels: {a: ▶[1]}}'),
    "'a': expected text or a number or true or false, found a list of 1",
  ],
  ['label without a value', lab('    r1: {labels: {▶a: }}'), /'a': expected text or .*, found nothing/],
  ['memory', lab('    r1: {memory: ▶1tb}'), /'memory': expected a size such as 512MB .*, found '1tb'/],
  ['cpu', lab('    r1: {cpu: ▶0}'), "'cpu': expected more than 0, found 0 (a number)"],
  [
    'startup delay',
    lab('    r1: {startup-delay: ▶1.5}'),
    "'startup-delay': expected a whole number, found 1.5 (a number)",
  ],
  [
    'unknown stage',
    lab('    r1: {stages: {▶boot: {}}}'),
    /unknown key 'boot'; allowed here: create, create-links, configure, healthy, exit/,
  ],
  [
    'unknown stage of another',
    lab('    r1: {stages: {create: {wait-for: [{node: r2, stage: ▶helthy}]}}}\n    r2:'),
    /did you mean 'healthy'\?\), found 'helthy'/,
  ],
  [
    'wait-for without stage',
    lab('    r1: {stages: {create: {wait-for: [▶{node: r2}]}}}\n    r2:'),
    /missing key 'stage' in 'wait-for\[0\]': expected one of/,
  ],
  [
    'one endpoint',
    lab('    r1:', '    - endpoints: ▶["r1:e1"]'),
    "'endpoints': expected exactly 2 entries, found a list of 1",
  ],
  [
    'link without endpoints',
    lab('    r1:', '    - ▶mtu: 1500'),
    "missing key 'endpoints' in 'links[0]': expected a list",
  ],
  [
    'endpoint without interface',
    lab('    r1:\n    r2:', '    - {type: veth, endpoints: [▶{node: r1}, {node: r2, interface: b}]}'),
    "missing key 'interface' in 'endpoints[0]': expected text",
  ],
  [
    'unknown key of an endpoint',
    lab(
      '    r1:\n    r2:',
      '    - {type: veth, endpoints: [{node: r1, interface: a, ▶ip: x}, {node: r2, interface: b}]}',
    ),
    /unknown key 'ip'.*; allowed here: node, interface, mac, ipv4, ipv6, vars/,
  ],
  [
    'mtu',
    lab('    r1:\n    r2:', '    - {endpoints: ["r1:a", "r2:a"], mtu: ▶20}'),
    "'mtu': expected a number of at least 68, found 20 (a number)",
  ],
  [
    'other link type',
    lab(
      '    r1:',
      '    - type: ▶macvlan\n      endpoint: {node: r1, interface: e1}\n      host-interface: x',
    ),
    /link type 'macvlan' is not supported by hadrill/,
  ],
  [
    'key of another link type',
    lab('    r1:\n    r2:', '    - {endpoints: ["r1:a", "r2:a"], ▶vni: 5}'),
    /containerlab's key 'vni' is not supported/,
  ],
  ['Go template', lab('    r1: {image: "▶{{ .image }}"}'), /Go templates .* are not supported/],
];

describe('a file of the wrong shape', () => {
  test.each(cases)('%s', (_name, text, message) => expectOnlyProblem(text, message));
});
