import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  carriesPackage,
  imageCatalogue,
  isOnDemand,
  parentOf,
} from '../../../harness/engine/image-catalogue.ts';
import { InputError } from '../../../harness/ground/errors.ts';

describe('the parent in a Dockerfile', () => {
  test.each([
    ['ARG BASE=hadrill/base\nFROM $BASE\n', 'base'],
    ['# a node\n  arg BASE="hadrill/router:latest"  \nFROM $BASE', 'router'],
    ['ARG BASE=hadrill/lb-v2.1\n', 'lb-v2.1'],
    ['ARG DEBIAN=debian:trixie-slim\nFROM $DEBIAN\n', undefined],
    ['ARG BASE=debian:trixie\n', undefined],
    ['# ARG BASE=hadrill/base\nFROM scratch\n', undefined],
    ['ARG DATABASE=hadrill/base\n', undefined],
  ])('%j', (dockerfile, parent) => {
    expect(parentOf(dockerfile)).toBe(parent);
  });
});

test.each([
  ['FROM x\nLABEL hadrill.on-demand="true"\n', true],
  ['FROM x\n# LABEL hadrill.on-demand="true"\n', false],
  ['FROM x\n', false],
])('built on demand: %j', (dockerfile, on_demand) => {
  expect(isOnDemand(dockerfile)).toBe(on_demand);
});

test.each([
  ['FROM x\nLABEL hadrill.carries="package"\n', true],
  ['FROM x\nLABEL hadrill.carries="nothing"\n', false],
])('carries hadrill itself: %j', (dockerfile, carries) => {
  expect(carriesPackage(dockerfile)).toBe(carries);
});

test('the images of Neutron, of the next router and of hadrill, and no others, are built on demand', async () => {
  const images = [...(await imageCatalogue()).values()].filter((one) => one.on_demand);
  expect(images.map(({ name }) => name).sort()).toEqual([
    'harness',
    'neutron-control',
    'neutron-node',
    'router-next',
  ]);
});

describe('the catalogue', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'hadrill-catalogue-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  async function image(name: string, parent?: string): Promise<void> {
    await mkdir(path.join(dir, name));
    await writeFile(path.join(dir, name, 'Dockerfile'), parent ? `ARG BASE=hadrill/${parent}\n` : 'FROM x\n');
  }

  test('folders with a Dockerfile, and nothing else', async () => {
    await image('base');
    await image('router', 'base');
    await mkdir(path.join(dir, 'shared'));
    await writeFile(path.join(dir, 'README.md'), '');
    const catalogue = await imageCatalogue(dir);
    expect([...catalogue.keys()].sort()).toEqual(['base', 'router']);
    expect(catalogue.get('router')).toEqual({
      name: 'router',
      folder: path.join(dir, 'router'),
      parent: 'base',
      on_demand: false,
      carries_package: false,
    });
  });

  test('a parent that is not there names the file', async () => {
    await image('router', 'bass');
    const failure = await imageCatalogue(dir).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect((failure as Error).message).toBe(`${dir}/router/Dockerfile: its parent hadrill/bass is not there`);
  });

  test('a circle is refused, not followed', async () => {
    await image('a', 'b');
    await image('b', 'c');
    await image('c', 'b');
    await expect(imageCatalogue(dir)).rejects.toThrow(/is its own ancestor/);
  });
});
