import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { execInContainer } from '../../harness/engine/exec-in-container.ts';
import { findLab } from '../../harness/lab/find-lab.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { hadrill } from '../support/hadrill.ts';
import { engine, freshName, inspectLab, removeLabs, topologyFile } from '../support/labs.ts';

const FOLDER = '/run/hadrill/captures';
const name = freshName('records');
let lab: Lab;
let fabric: string;

beforeAll(async () => {
  expect((await hadrill(['up', topologyFile('small'), '--name', name])).code).toBe(0);
  lab = await findLab(engine, name);
  fabric = (await inspectLab(name)).get('fabric')!.Id;
  await shell(`mkdir -p ${FOLDER}`);
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

async function shell(script: string): Promise<string> {
  const done = await execInContainer(engine.docker.getContainer(fabric), ['sh', '-c', script]);
  expect(done, script).toMatchObject({ exit_code: 0 });
  return done.stdout;
}

async function compressed(path: string): Promise<string> {
  const [now] = await lab.agent.call('compress_files', { paths: [path] });
  return now!;
}

test('a file of many pieces comes home whole and in order, compressed or not', async () => {
  const path = `${FOLDER}/numbers`;
  await shell(`seq 1 1000000 > ${path}`);
  const content = await lab.agent.readFile(path);
  expect(content.toString()).toBe(Array.from({ length: 1_000_000 }, (_, at) => `${at + 1}\n`).join(''));
  expect(await compressed(path)).toBe(`${path}.gz`);
  expect(gunzipSync(await lab.agent.readFile(`${path}.gz`)).equals(content)).toBe(true);
  expect(await shell(`ls ${FOLDER}`)).toBe('numbers.gz\n');
});

test('an empty file comes home empty', async () => {
  await shell(`: > ${FOLDER}/empty`);
  expect(await lab.agent.readFile(`${FOLDER}/empty`)).toHaveLength(0);
});

test('where there is no room to compress a file, it stays as it was', async () => {
  const path = `${FOLDER}/noise`;
  await shell(
    `head -c 20000000 /dev/urandom > ${path}; head -c 600000000 /dev/zero > /run/hadrill/fill || true`,
  );
  expect(await compressed(path)).toBe(path);
  expect(await lab.agent.readFile(path)).toHaveLength(20_000_000);
  expect(await shell(`ls ${FOLDER} | grep noise`)).toBe('noise\n');
});
