import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import { lives, noOwnEngine } from '../support/own-engine.ts';

const SUPPORT = path.join(import.meta.dirname, '../support/own-engine.ts');
const START = `
  import { OwnEngine } from ${JSON.stringify(SUPPORT)};
  const engine = new OwnEngine();
  await engine.start();
  if (process.argv[1] === 'kill') await engine.kill();
  console.log(engine.socket);
  setInterval(() => undefined, 1000);
`;

describe.skipIf(noOwnEngine)(noOwnEngine ?? "an engine of a test's own", () => {
  test.each(['leave', 'kill'])('is removed when the test is killed (%s)', async (then) => {
    const test_process = execa('node', ['--input-type=module', '--eval', START, then], { reject: false });
    onTestFinished(() => void test_process.kill('SIGKILL'));
    const [said] = (await test_process.stdout[Symbol.asyncIterator]().next()).value.toString().split('\n');
    const name = path.basename(said as string, '.sock');
    const pid_file = `/run/${name}.pid`;
    const daemon = Number(readFileSync(pid_file, 'utf8'));
    expect(lives(daemon)).toBe(then === 'leave');
    test_process.kill('SIGKILL');
    await waitUntil({
      what: `${name} to be removed`,
      timeout_ms: 90_000,
      check: () => !existsSync(pid_file) && !existsSync(`/tmp/${name}`) && !existsSync(said as string),
    });
    expect(lives(daemon)).toBe(false);
  });
});
