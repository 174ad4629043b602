import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freshFolder } from '../support/folder.ts';
import { BIN, REPOSITORY } from '../support/hadrill.ts';
import { writeShards } from '../support/many-trials.ts';

const TRIALS = 100_000;
const SHARDS = 8;
/** Of V8. Of a trial like these 0.8 kB are held (of 500 of them, measured); held whole it takes 7.8 kB. */
const HEAP_MIB = 450;
const MOST_MIB = 900;
const TIMEOUT_MS = 900_000;

/** @returns what it wrote, and the most memory that it had. */
async function limited(args: readonly string[], what: string): Promise<string> {
  const options = {
    cwd: REPOSITORY,
    reject: false,
    maxBuffer: 4 * 1024 ** 2,
    stripFinalNewline: false,
  } as const;
  const command = execa(process.execPath, [`--max-old-space-size=${HEAP_MIB}`, BIN, ...args], options);
  onTestFinished(() => void command.kill());
  let most = 0;
  const looking = setInterval(async () => {
    const status = await readFile(`/proc/${command.pid}/status`, 'utf8').catch(() => '');
    most = Math.max(most, Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024);
  }, 100);
  onTestFinished(() => clearInterval(looking));
  const began = performance.now();
  const { stdout, stderr, exitCode } = await command;
  console.log(
    `${what}: ${Math.round((performance.now() - began) / 1000)} s, ${Math.round(most)} MiB at most`,
  );
  expect([0, 1], stderr).toContain(exitCode);
  expect(most).toBeLessThan(MOST_MIB);
  return stdout;
}

describe(`${TRIALS} trials in ${SHARDS} shards`, () => {
  test('are merged and reported in bounded memory', { timeout: TIMEOUT_MS }, async () => {
    const folder = await freshFolder();
    writeShards(folder, TRIALS, SHARDS);
    const out = await freshFolder();
    const merged = await limited(['merge', folder, '--out', out], 'merge');
    expect(merged).toMatch(/FAIL .*\(profile .*, 100000 trials, seed/);
    expect(merged).toContain(`${TRIALS / SHARDS} on machine lab1`);
    const [drill] = await readdir(out);
    const [run] = await readdir(path.join(out, drill!));
    const text = await limited(['report', path.join(out, drill!, run!)], 'report');
    expect(text).toContain('100000 trials');
    expect(text.split('\n').length).toBeLessThan(200);
    expect(text.slice(0, 2000)).toBe(merged.slice(0, 2000));
  });
});
