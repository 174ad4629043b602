import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REPOSITORY } from '../support/hadrill.ts';
import { engine } from '../support/labs.ts';

const RESOLUTIONS = [{ module: 'nodenext' }, { module: 'esnext', moduleResolution: 'bundler' }];

/** Tests that go wrong in every way that a user's tests do. */
const GOING_WRONG = `
import { expect } from 'vitest';
import { test } from 'hadrill/vitest';
const probes = { udp: { kind: 'udp', from: 'client', to: 'server', address: '203.0.113.1' } } as const;
test('fails while it is broken', async ({ hadrill }) => {
  const trial = await hadrill.measure(await hadrill.openLab('pair.clab.yml'), { probes });
  await trial.fault('crash', 'host:master(gw)');
  expect('broken').toBe('whole');
});
test('times out while it is broken', { timeout: 9_000 }, async ({ hadrill }) => {
  const trial = await hadrill.measure(await hadrill.openLab('pair.clab.yml'), { probes });
  await trial.fault('crash', 'host:master(gw)');
  await new Promise(() => undefined);
});
test('times out while a trial waits', { timeout: 8_000 }, async ({ hadrill }) => {
  const trial = await hadrill.measure(await hadrill.openLab('pair.clab.yml'), { probes });
  await trial.fault('crash', 'host:master(gw)');
  await trial.result();
});
test('times out while the lab is built', { timeout: 500 }, async ({ hadrill }) => {
  await hadrill.openLab('pair.clab.yml');
});
test('times out in a drill', { timeout: 7_000 }, async ({ hadrill }) => {
  await hadrill.runDrill('node-crash.drill.yml');
});
`;

describe('a project of its own, from the packed tarball', () => {
  let folder: string;
  const run = (command: string, ...args: string[]) =>
    execa(command, args, { cwd: folder, reject: false, all: true, preferLocal: true });

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hadrill-test-'));
    await cp(path.join(REPOSITORY, 'examples/keepalived-pair'), folder, { recursive: true });
    await execa('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: REPOSITORY });
    const file = path.join(folder, 'package.json');
    const own = JSON.parse(await readFile(file, 'utf8')) as { devDependencies: Record<string, string> };
    const { version } = JSON.parse(await readFile(path.join(REPOSITORY, 'package.json'), 'utf8')) as {
      version: string;
    };
    own.devDependencies.hadrill = `file:hadrill-${version}.tgz`;
    await writeFile(file, JSON.stringify(own));
    await execa('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const labsLeft = async () => {
    const all = await engine.docker.listContainers({ all: true, filters: { label: ['hadrill.lab'] } });
    return all.flatMap(({ Labels }) => Labels['hadrill.lab'] ?? []).filter((lab) => lab.startsWith('pair-'));
  };

  test.each(RESOLUTIONS)('its types resolve, with all libraries checked: %j', async (resolution) => {
    const file = path.join(folder, 'tsconfig.json');
    const own = JSON.parse(await readFile(file, 'utf8')) as { compilerOptions: Record<string, unknown> };
    expect(own.compilerOptions).toMatchObject({ skipLibCheck: false, strict: true });
    await writeFile(
      file,
      JSON.stringify({ ...own, compilerOptions: { ...own.compilerOptions, ...resolution } }),
    );
    const done = await run('tsc', '--project', '.');
    expect(done.all).toBe('');
  });

  test('its tests pass', { timeout: 300_000 }, async () => {
    const done = await run('vitest', 'run', '--retry', '2', 'failover.test.ts');
    expect(done.all).toMatch(/3 passed/);
    expect(done.exitCode).toBe(0);
    expect(await labsLeft()).toEqual([]);
  });

  test('tests that go wrong leave nothing behind', { timeout: 300_000 }, async () => {
    await writeFile(path.join(folder, 'wrong.test.ts'), GOING_WRONG);
    const done = await run('vitest', 'run', 'wrong.test.ts');
    expect(done.all).toMatch(/5 failed/);
    expect(done.all).toContain("expected 'broken' to be 'whole'");
    expect(await labsLeft()).toEqual([]);
  });

  test('nor do those after the first one that fails (--bail)', { timeout: 300_000 }, async () => {
    const done = await run('vitest', 'run', '--bail', '1', 'wrong.test.ts');
    expect(done.all).toMatch(/1 failed/);
    expect(await labsLeft()).toEqual([]);
  });

  test('nor does one that is interrupted', { timeout: 300_000 }, async () => {
    const started = execa('vitest', ['run', 'failover.test.ts'], {
      cwd: folder,
      reject: false,
      preferLocal: true,
    });
    await expect.poll(labsLeft, { timeout: 60_000 }).not.toEqual([]);
    started.kill('SIGINT');
    await started;
    await expect.poll(labsLeft, { timeout: 30_000 }).toEqual([]);
  });
});
