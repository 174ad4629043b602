import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectEngine, type Engine } from '../../harness/engine/connect.ts';
import { ensureImages } from '../../harness/engine/ensure-images.ts';
import { findImage } from '../../harness/engine/find-image.ts';
import { EnvironmentError, InputError } from '../../harness/ground/errors.ts';
import { imageOfNode } from '../support/image-of-node.ts';

let engine: Engine;
let imagesDir: string;
const suffix = Math.random().toString(36).slice(2, 8);
const [root, leaf, broken] = [`t-root-${suffix}`, `t-leaf-${suffix}`, `t-broken-${suffix}`];

async function write(name: string, files: Record<string, string>): Promise<void> {
  await mkdir(path.join(imagesDir, name), { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(path.join(imagesDir, name, file), text);
}

async function builderContainers(): Promise<string[]> {
  const all = await engine.docker.listContainers({ all: true });
  // Ours name the marker in their command; those of anything else on this engine do not.
  return all.filter((container) => container.Command.includes(suffix)).map((container) => container.Id);
}

function collected(): { lines: string[]; onProgress: (line: string) => void } {
  const lines: string[] = [];
  return { lines, onProgress: (line) => lines.push(line) };
}

beforeAll(async () => {
  engine = await connectEngine();
  imagesDir = await mkdtemp(path.join(tmpdir(), 'hadrill-images-'));
  await write(root, {
    Dockerfile: `ARG DEBIAN=debian:trixie-slim\nFROM \${DEBIAN}\nCOPY hello /usr/local/bin/hello\nLABEL hadrill.capabilities="NET_ADMIN NET_RAW"\nENV GREETING=hello\n`,
    hello: '#!/bin/sh\necho hello\n',
  });
  await chmod(path.join(imagesDir, root, 'hello'), 0o755);
  await write(leaf, {
    Dockerfile: `ARG BASE=hadrill/${root}\nFROM \${BASE}\nRUN hello > /said-${suffix}\nENTRYPOINT ["hello"]\n`,
  });
  await write(broken, {
    Dockerfile: `ARG BASE=hadrill/${root}\nFROM \${BASE}\nRUN echo fine\nRUN echo about to fail ${suffix}; exit 7\n`,
  });
});

afterAll(async () => {
  await rm(imagesDir, { recursive: true, force: true });
  // Untagged ones too: builds that failed, and the slower of two that built the same. Children go before parents.
  for (let round = 0; round < 10; round++) {
    const all = await engine.docker.listImages({ all: true, filters: { label: ['hadrill.image'] } });
    const ours = all.filter((image) => image.Labels['hadrill.image']?.endsWith(suffix));
    if (ours.length === 0) break;
    const names = ours.flatMap((image) => {
      const tags = (image.RepoTags ?? []).filter((tag) => tag !== '<none>:<none>');
      return tags.length > 0 ? tags : [image.Id];
    });
    for (const name of names)
      await engine.docker
        .getImage(name)
        .remove()
        .catch(() => {});
  }
});

describe('own images', () => {
  test('are built once, parents first, and found without work the second time', async () => {
    const first = collected();
    const built = await ensureImages(engine, [leaf], { imagesDir, onProgress: first.onProgress });
    expect([...built.keys()]).toEqual([leaf]);
    expect(built.get(leaf)!.tag).toMatch(new RegExp(`^hadrill/${leaf}:[0-9a-f]{12}$`));
    const starts = first.lines.filter((line) => line.includes(': building '));
    expect(starts.map((line) => line.split(':')[0])).toEqual([`hadrill/${root}`, `hadrill/${leaf}`]);
    expect(first.lines.some((line) => /step 2\/\d+: COPY hello|step 3\/\d+: COPY hello/.test(line))).toBe(
      true,
    );

    const second = collected();
    const again = await ensureImages(engine, [leaf], { imagesDir, onProgress: second.onProgress });
    expect(second.lines).toEqual([]);
    expect(again).toEqual(built);
    expect((await findImage(engine, `hadrill/${leaf}:latest`))?.Id).toBe(built.get(leaf)!.id);
    expect((await findImage(engine, built.get(leaf)!.tag))?.Config.Labels['hadrill.image']).toBe(leaf);
  });

  test('get a new tag when a parent changes, and latest follows', async () => {
    const before = await ensureImages(engine, [leaf], { imagesDir });
    await write(root, { hello: '#!/bin/sh\necho good evening\n' });
    const after = await ensureImages(engine, [leaf], { imagesDir });
    expect(after.get(leaf)!.tag).not.toBe(before.get(leaf)!.tag);
    expect(after.get(leaf)!.id).not.toBe(before.get(leaf)!.id);
    expect((await findImage(engine, `hadrill/${leaf}:latest`))?.Id).toBe(after.get(leaf)!.id);
    expect(await findImage(engine, before.get(leaf)!.tag)).toBeDefined();
  });

  test('may be built by two at once', async () => {
    await write(root, { hello: '#!/bin/sh\necho twice\n' });
    const [one, two] = await Promise.all([
      ensureImages(engine, [leaf], { imagesDir }),
      ensureImages(engine, [leaf], { imagesDir }),
    ]);
    expect(one.get(leaf)!.tag).toBe(two.get(leaf)!.tag);
    expect(await findImage(engine, one.get(leaf)!.tag)).toBeDefined();
  });

  test('a build that fails names the image, the step and its output, and leaves no container', async () => {
    const failure = await ensureImages(engine, [broken], { imagesDir }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EnvironmentError);
    const { message, remedy } = failure as EnvironmentError;
    expect(message).toContain(`hadrill/${broken} could not be built at step 4/`);
    expect(message).toContain(`RUN echo about to fail ${suffix}; exit 7`);
    expect(message).toContain('returned a non-zero code: 7');
    expect(message).toMatch(new RegExp(`\\| about to fail ${suffix}$`, 'm'));
    expect(message).not.toContain('| fine');
    expect(remedy).toContain(`images/${broken}/Dockerfile`);
    expect(await builderContainers()).toEqual([]);
  });

  test('a build that is aborted stops soon and leaves no container', async () => {
    const slow = `t-slow-${suffix}`;
    await write(slow, { Dockerfile: `ARG BASE=hadrill/${root}\nFROM \${BASE}\nRUN sleep 60; : ${suffix}\n` });
    const stop = new AbortController();
    const onProgress = async (line: string) => {
      if (!line.includes('RUN sleep')) return;
      await expect.poll(builderContainers, { timeout: 15_000 }).toHaveLength(1);
      stop.abort(new Error('stopped by the test'));
    };
    const started = performance.now();
    const run = ensureImages(engine, [slow], { imagesDir, onProgress, signal: stop.signal });
    await expect(run).rejects.toThrow('stopped by the test');
    expect(performance.now() - started, 'the step takes a minute').toBeLessThan(50_000);
    await expect.poll(builderContainers, { timeout: 15_000 }).toEqual([]);
  });

  test('an unknown name is bad input, with what was probably meant', async () => {
    const wrong = leaf.replace('leaf', 'laef');
    const failure = await ensureImages(engine, [wrong], { imagesDir }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect((failure as Error).message).toContain(`did you mean hadrill/${leaf}?`);
  });
});

describe('the image of a node', () => {
  test('hadrill/NAME means the present content, with what its labels say', async () => {
    const image = await imageOfNode(engine, { name: 'c1', image: `hadrill/${leaf}` }, { imagesDir });
    expect(image.tag).toMatch(/:[0-9a-f]{12}$/);
    expect(image.capabilities).toEqual(['NET_ADMIN', 'NET_RAW']);
    expect(image.entrypoint).toEqual(['hello']);
    expect(image.env).toContain('GREETING=hello');
    expect(image.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    const latest = await imageOfNode(engine, { name: 'c1', image: `hadrill/${leaf}:latest` }, { imagesDir });
    expect(latest).toEqual(image);
  });

  test('any other image that the engine has is taken as written', async () => {
    const { tag } = (await ensureImages(engine, [root], { imagesDir })).get(root)!;
    const elsewhere = await mkdtemp(path.join(tmpdir(), 'hadrill-none-'));
    const image = await imageOfNode(engine, { name: 'c1', image: tag }, { imagesDir: elsewhere });
    await rm(elsewhere, { recursive: true });
    expect(image.tag).toBe(tag);
  });

  test('an unknown hadrill image names the node, what was meant and what there is; nothing is pulled', async () => {
    const pulled = collected();
    const node = { name: 'dhcp1', image: `hadrill/${leaf}s` };
    const failure = await imageOfNode(engine, node, { imagesDir, ...pulled }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(InputError);
    expect((failure as Error).message).toMatch(
      new RegExp(
        `node dhcp1: .*hadrill/${leaf}s; did you mean hadrill/${leaf}\\? \\(there are: .*hadrill/${root}`,
      ),
    );
    expect(pulled.lines).toEqual([]);
  });

  test('an old content tag that is gone says how to write it', async () => {
    const node = { name: 'r1', image: `hadrill/${leaf}:000000000000` };
    const failure = await imageOfNode(engine, node, { imagesDir }).catch((error: unknown) => error);
    expect((failure as Error).message).toContain(`write hadrill/${leaf} for the present one`);
  });

  test('an image that is nowhere names the node and the image', async () => {
    const node = { name: 'web', image: `no-such-image-${suffix}.invalid/x:1` };
    const failure = await imageOfNode(engine, node, { imagesDir }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EnvironmentError);
    expect((failure as Error).message).toContain(
      `node web: the engine does not have the image ${node.image}`,
    );
    expect((failure as EnvironmentError).remedy).toContain(`hadrill/${leaf}`);
  });
});
