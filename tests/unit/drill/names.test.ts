import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepNamesApart, nameInResults } from '../../../harness/drill/distinct-names.ts';
import { findDrill, topologiesFolder } from '../../../harness/drill/find-drill.ts';
import { loadDrill } from '../../../harness/drill/load-drill.ts';
import { folderName } from '../../../harness/drill/run-folder.ts';

let folder: string;
const file = (...parts: string[]) => path.join(folder, ...parts);
const DRILL = `description: d
topology: t.clab.yml
probes: { udp: { kind: udp, from: a, to: a, address: 198.18.1.1 } }
fault: { kind: crash, target: a }
expect: [{ metric: udp.outage_ms, op: "<=", value: 5000 }]
`;
const TOPOLOGY = `name: t
topology:
  nodes:
    a: { kind: linux, image: "hadrill/endpoint" }
`;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'names-'));
  for (const parts of [['one', 'lab'], ['two', 'lab'], ['three']]) {
    await mkdir(file(...parts), { recursive: true });
    await writeFile(file(...parts, 'crash.drill.yml'), DRILL);
    await writeFile(file(...parts, 't.clab.yml'), TOPOLOGY);
  }
  await writeFile(file('three', '...drill.yml'), DRILL);
});
afterAll(() => rm(folder, { recursive: true }));

describe('the name of a drill', () => {
  it('is its path below the shipped topologies, however it is given', async () => {
    const shipped = path.join(topologiesFolder(), 'l3/node-crash.drill.yml');
    const named = { name: 'l3/node-crash', file: shipped, shipped: true };
    expect(await findDrill('l3/node-crash')).toEqual(named);
    expect(await findDrill(shipped)).toEqual(named);
  });

  it('is that of its folder and its own elsewhere', async () => {
    expect(await findDrill(file('three', 'crash.drill.yml'))).toMatchObject({
      name: 'three/crash',
      shipped: false,
    });
  });

  it('leads nowhere', async () => {
    expect((await findDrill(file('three', '...drill.yml'))).name).toBe('three/__');
  });

  it('is longer where two of one run would have the same', async () => {
    const files = [
      file('one/lab/crash.drill.yml'),
      file('two/lab/crash.drill.yml'),
      file('three/crash.drill.yml'),
    ];
    const drills = await Promise.all(files.map(async (one) => (await loadDrill(one)).drill));
    expect(drills.map(({ name }) => name)).toEqual(['lab/crash', 'lab/crash', 'three/crash']);
    keepNamesApart(drills);
    expect(drills.map(({ name }) => name)).toEqual(['one/lab/crash', 'two/lab/crash', 'three/crash']);
    keepNamesApart([drills[0]!, drills[0]!]);
    expect(drills[0]!.name).toBe('one/lab/crash');
  });

  it('is longer where the runs of that name are those of another file', async () => {
    const out = file('results');
    const load = async (...parts: string[]) => (await loadDrill(file(...parts))).drill;
    /** As a run does it. */
    const ran = async (drill: string, name: string, time: string) => {
      const folder = path.join(out, folderName(name), time);
      await mkdir(folder, { recursive: true });
      await writeFile(
        path.join(folder, 'run.json'),
        JSON.stringify({ command: { drill, out, environment: {} } }),
      );
    };
    const [one, two] = [await load('one/lab/crash.drill.yml'), await load('two/lab/crash.drill.yml')];
    const named = (drill: typeof one) => nameInResults(drill, out, folderName);
    expect([named(one), named(two)]).toEqual(['lab/crash', 'lab/crash']);
    await ran(one.file, named(one), '20261128T000000Z-1');
    expect([named(one), named(two)]).toEqual(['lab/crash', 'two/lab/crash']);
    await ran(two.file, named(two), '20261128T000000Z-2');
    expect([named(one), named(two)]).toEqual(['lab/crash', 'two/lab/crash']);
    // Names of one run are already apart.
    expect(named({ ...two, name: 'two/lab/crash' })).toBe('two/lab/crash');
    // A folder of runs from before says nothing of its drill.
    await writeFile(path.join(out, folderName('lab/crash'), '20261128T000000Z-1', 'run.json'), '{}');
    expect(named(two)).toBe('lab/crash');
  });
});
