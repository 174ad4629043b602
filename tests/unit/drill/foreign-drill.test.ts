import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadDrill } from '../../../harness/drill/load-drill.ts';
import { RunFolder } from '../../../harness/drill/run-folder.ts';
import { freshFolder } from '../../support/folder.ts';

const TOPOLOGY = `name: t
topology:
  defaults: { kind: linux, image: hadrill/endpoint }
  nodes: { a: , b: }
  links: [ { endpoints: [ "a:e1", "b:e1" ] } ]
`;

/** The message of a drill that is refused; `lines` replace or follow those of a drill that is not. */
async function refusal(...lines: string[]): Promise<string> {
  const folder = await freshFolder();
  await writeFile(path.join(folder, 't.clab.yml'), TOPOLOGY);
  await mkdir(path.join(folder, 'folder'));
  const said = new Map(
    [
      'description: d',
      'topology: t.clab.yml',
      'probes: { u: { kind: udp, from: a, to: b, address: 198.18.0.2 } }',
      'fault: { kind: crash, target: b }',
      'expect: [ { metric: u.outage_ms, op: "<=", value: 1 } ]',
      ...lines,
    ].map((line) => [line.split(':', 1)[0]!, line]),
  );
  const file = path.join(folder, 'd.drill.yml');
  await writeFile(file, `${[...said.values()].join('\n')}\n`);
  const error = await loadDrill(file).catch((reason: unknown) => reason);
  return error instanceof Error ? error.message.replaceAll(`${folder}/`, '') : 'it was loaded';
}

test('the drill that the others change is fine', async () => {
  expect(await refusal()).toBe('it was loaded');
});

describe('a file that a drill names is wrong where it is named', () => {
  test.each([
    ['topology: gone.clab.yml', "d.drill.yml:2:11: 'gone.clab.yml': no such file"],
    ['topology: folder', "d.drill.yml:2:11: 'folder': is a directory, not a file"],
    ['topology: /dev/zero', "d.drill.yml:2:11: '/dev/zero': is a device"],
    ['profiles: gone.yml', "d.drill.yml:6:11: 'gone.yml': no such file"],
    ['profiles: /dev/urandom', "d.drill.yml:6:11: '/dev/urandom': is a device"],
  ])('%s', async (line, message) => {
    expect(await refusal(line)).toContain(message);
  });
});

test.each([
  ['hold: { rejoin: 9007199254740992ms }', 'd.drill.yml:6:17: '],
  ['hold: { steady: 25h }', 'at most 24 hours'],
  ['probes: { u: { kind: udp, from: a, to: b, address: 224.0.0.1 } }', 'd.drill.yml:3:52: '],
  [
    `probes: { u: { kind: dhcp, from: a, interface: ${'x'.repeat(20_000)}, network: n } }`,
    'the kernel takes at most 15',
  ],
  ['variables: { __proto__: 1 }', "'__proto__' cannot be a name"],
  ['profiles: { __proto__: { A: 1 } }', "'__proto__' cannot be a name"],
  ['profile: constructor', "there is no profile 'constructor'"],
])('%s is refused', async (line, message) => {
  expect(await refusal(line)).toContain(message);
});

test.each(['..', '.', '../x', 'a/../../b', '', '.hidden', 'l3/node-crash'])(
  'the results of a drill named %j stay in their folder',
  async (name) => {
    const out = await freshFolder();
    const folder = RunFolder.create(out, name, new Date(), 1);
    folder.close();
    expect(path.relative(out, folder.path)).toMatch(/^[^./][^/]*\/[^/]+$/);
  },
);

test.each([
  [
    'probes: { rejoin: { kind: udp, from: a, to: b, address: 198.18.0.2 } }',
    "d.drill.yml:3:19: a probe cannot be called 'rejoin': 'rejoin.outage_ms' has another meaning: ",
  ],
  [
    'probes: { fault2: { kind: udp, from: a, to: b, address: 198.18.0.2 } }',
    "d.drill.yml:3:19: a probe cannot be called 'fault2': 'fault2.' begins the metrics of one fault",
  ],
  [
    'expect: [ { metric: vip.takeover_ms, op: "<=", value: 1 } ]',
    "'vip.takeover_ms' needs a virtual router: ",
  ],
  ['expect: [ { metric: phase.garp_ms, op: "<=", value: 1 } ]', "'phase.garp_ms' needs a virtual router: "],
  ['expect: [ { metric: cluster.moved, op: "<=", value: 1 } ]', "'cluster.moved' needs a cluster: "],
  ['expect: [ { metric: dhcp.rescheduled, op: "<=", value: 1 } ]', "'dhcp.rescheduled' needs DHCP agents: "],
  [
    'expect: [ { metric: fault2.u.outage_ms, op: "<=", value: 1 } ]',
    "there is no metric 'fault2.u.outage_ms'",
  ],
])('what cannot be measured is refused: %s', async (line, message) => {
  expect(await refusal(line)).toContain(message);
});
