import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contentHash, contentTags } from '../../../harness/engine/content-tag.ts';
import { imageCatalogue } from '../../../harness/engine/image-catalogue.ts';
import { type ImageFile, readImageFiles } from '../../../harness/engine/image-files.ts';
import { packageFiles } from '../../../harness/engine/package-files.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'hadrill-content-'));
  await image('base', 'ARG DEBIAN=debian:trixie-slim\nFROM $DEBIAN\n');
  await image('router', 'ARG BASE=hadrill/base\nFROM $BASE\nCOPY run /run\n');
  await writeFile(path.join(dir, 'router/run'), 'one\n');
});

afterEach(() => rm(dir, { recursive: true, force: true }));

async function image(name: string, dockerfile: string): Promise<void> {
  await mkdir(path.join(dir, name), { recursive: true });
  await writeFile(path.join(dir, name, 'Dockerfile'), dockerfile);
}

async function tagOf(name: string): Promise<string> {
  return (await contentTags([name], await imageCatalogue(dir))).get(name)!.tag;
}

/** Whether `change` gives the image a new tag. */
async function retags(name: string, change: () => Promise<unknown>): Promise<boolean> {
  const before = await tagOf(name);
  await change();
  return (await tagOf(name)) !== before;
}

test('a tag is the name and twelve hex digits, parents come first', async () => {
  const tagged = await contentTags(['router'], await imageCatalogue(dir));
  expect([...tagged.keys()]).toEqual(['base', 'router']);
  expect(tagged.get('router')!.tag).toMatch(/^hadrill\/router:[0-9a-f]{12}$/);
});

test('a byte, a mode, a name, a new file and a link change the tag', async () => {
  const run = path.join(dir, 'router/run');
  expect(await retags('router', () => writeFile(run, 'two\n'))).toBe(true);
  expect(await retags('router', () => chmod(run, 0o755))).toBe(true);
  expect(await retags('router', () => writeFile(path.join(dir, 'router/more'), ''))).toBe(true);
  expect(await retags('router', () => symlink('run', path.join(dir, 'router/link')))).toBe(true);
});

test('a change of the parent changes the child, not the other way round', async () => {
  expect(await retags('router', () => writeFile(path.join(dir, 'base/new'), 'x'))).toBe(true);
  expect(await retags('base', () => writeFile(path.join(dir, 'router/new'), 'x'))).toBe(false);
});

test('times, group permissions, texts and caches do not', async () => {
  const run = path.join(dir, 'router/run');
  expect(await retags('router', () => utimes(run, 1, 1))).toBe(false);
  expect(await retags('router', () => chmod(run, 0o600))).toBe(false);
  expect(await retags('router', () => writeFile(path.join(dir, 'router/README.md'), 'x'))).toBe(false);
  await mkdir(path.join(dir, 'router/agent/__pycache__'), { recursive: true });
  expect(await retags('router', () => writeFile(path.join(dir, 'router/agent/__pycache__/a.bin'), 'x'))).toBe(
    false,
  );
  expect(await retags('router', () => writeFile(path.join(dir, 'router/agent/a.pyc'), 'x'))).toBe(false);
});

test('files are read sorted, with slashes, links as their target', async () => {
  await mkdir(path.join(dir, 'router/agent'));
  await writeFile(path.join(dir, 'router/agent/b'), 'x');
  await symlink('agent/b', path.join(dir, 'router/zlink'));
  const files = await readImageFiles(path.join(dir, 'router'));
  expect(files.map((file) => file.path)).toEqual(['Dockerfile', 'agent/b', 'run', 'zlink']);
  expect(files.at(-1)).toMatchObject({ kind: 'link', bytes: Buffer.from('agent/b') });
});

test('what moves from one file to the next changes the hash', () => {
  const file = (name: string, text: string): ImageFile => ({
    path: name,
    kind: 'file',
    executable: false,
    bytes: Buffer.from(text),
  });
  const on = { parent_hash: undefined, debian: 'trixie' };
  expect(contentHash([file('a', 'xy'), file('b', 'z')], on)).not.toBe(
    contentHash([file('a', 'x'), file('b', 'yz')], on),
  );
  expect(contentHash([file('a', 'x')], on)).not.toBe(
    contentHash([file('a', 'x')], { ...on, debian: 'forky' }),
  );
});

test('an image that carries hadrill has the package, and Node.js by its version', async () => {
  await image('tool', 'ARG BASE=hadrill/base\nFROM $BASE\nLABEL hadrill.carries="package"\n');
  const { files } = (await contentTags(['tool'], await imageCatalogue(dir))).get('tool')!;
  const node = files.find((file) => file.path === 'node')!;
  expect(node.from).toBe(process.execPath);
  expect(node.bytes.toString()).toContain(process.version);
  const names = files.map((file) => file.path);
  expect(names).toContain('package/harness/cli/bin.js');
  expect(names).toContain('package/images/base/Dockerfile');
  expect(names).toContain('package/topologies/l3/node-crash.drill.yml');
  expect((await contentTags(['router'], await imageCatalogue(dir))).get('router')!.files).toHaveLength(2);
});

test('what runs and packing leave in a checkout, and texts, do not go into the package', async () => {
  for (const name of [
    'harness/cli/bin.js',
    'harness/setup/entry.js',
    'package.json',
    'LICENSE',
    'dist/main.js',
  ])
    await mkdir(path.dirname(path.join(dir, name)), { recursive: true }).then(() =>
      writeFile(path.join(dir, name), name),
    );
  for (const name of ['dist/types/a.d.ts', 'topologies/l3/README.md', 'topologies/l3/results/r/journal.json'])
    await mkdir(path.dirname(path.join(dir, name)), { recursive: true }).then(() =>
      writeFile(path.join(dir, name), name),
    );
  const names = (await packageFiles(dir)).map((file) => file.path);
  expect(names.sort()).toEqual([
    'node',
    'package/LICENSE',
    'package/dist/main.js',
    'package/harness/cli/bin.js',
    'package/harness/setup/entry.js',
    'package/package.json',
  ]);
});
