import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadDrill } from '../../../harness/drill/load-drill.ts';
import { planReport } from '../../../harness/report/plan.ts';
import { loadHaproxy } from '../../../harness/systems/haproxy/config/load-haproxy.ts';
import { loadTopology } from '../../../harness/topology/load-topology.ts';
import { freshFolder } from '../../support/folder.ts';
import { lab, problemsOf } from './problems-of.ts';

test.each([
  ['binary', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 0xff])],
  ['empty', Buffer.from('')],
])('a haproxy.cfg that is %s is refused', async (_, content) => {
  const folder = await freshFolder();
  await writeFile(path.join(folder, 'haproxy.cfg'), content);
  const file = path.join(folder, 't.clab.yml');
  await writeFile(file, lab('    a: { binds: [ "haproxy.cfg:/etc/haproxy/haproxy.cfg" ] }'));
  const topology = await loadTopology(file);
  await expect(loadHaproxy(topology)).rejects.toThrow(/haproxy\.cfg/);
});

test('an interface with a name of 20,000 characters is refused in few words', async () => {
  const link = `    - endpoints: [ "a:${'x'.repeat(20_000)}", "b:e" ]`;
  const problems = await problemsOf(lab('    a:\n    b:', link));
  expect(problems).toHaveLength(1);
  expect(problems[0]!.length).toBeLessThan(400);
});

test('the plan of 100 nodes names every wire, in lines that fit', { timeout: 30_000 }, async () => {
  const folder = await freshFolder();
  const names = Array.from({ length: 100 }, (_, at) => `n${at}`);
  const nodes = [
    '    fabric: { kind: linux, image: hadrill/fabric }',
    '    lan|fabric: { kind: bridge, network-mode: "container:fabric" }',
    ...names.map((name) => `    ${name}: { kind: linux, image: hadrill/endpoint }`),
  ];
  const links = names.map((name) => `    - endpoints: [ "${name}:e", "lan|fabric:${name}" ]`);
  await writeFile(
    path.join(folder, 't.clab.yml'),
    `name: t\ntopology:\n  nodes:\n${nodes.join('\n')}\n  links:\n${links.join('\n')}\n`,
  );
  await writeFile(
    path.join(folder, 'd.drill.yml'),
    `description: d
topology: t.clab.yml
probes: { u: { kind: udp, from: n0, to: n1, address: 198.18.0.2 } }
fault: { kind: crash, target: n1 }
expect: [ { metric: u.outage_ms, op: "<=", value: 1 } ]
`,
  );
  const loaded = await loadDrill(path.join(folder, 'd.drill.yml'));
  const { text } = planReport(loaded, { trials: 1, seed: 1 });
  for (const name of names) expect(text).toContain(`${name}:e`);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
});
