import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { freshFolder } from '../support/folder.ts';
import { type Ended, hadrill, REPOSITORY } from '../support/hadrill.ts';

const EXAMPLE = path.join(REPOSITORY, 'examples/keepalived-pair');
const TRIALS = '6';

async function change(file: string, words: string, others: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  expect(text).toContain(words);
  await writeFile(file, text.replace(words, others));
}

test('--baseline: the same configuration is no regression, a longer advertisement interval is one, by name', async ({
  skip,
}) => {
  const folder = await freshFolder();
  await cp(EXAMPLE, folder, { recursive: true });
  // What the drill itself expects must not be what fails.
  await change(`${folder}/node-crash.drill.yml`, 'value: 1900', 'value: 9000');
  const run = async (out: string, ...baseline: string[]): Promise<Ended> => {
    const options = ['run', 'node-crash.drill.yml', '--trials', TRIALS, '--out', out, ...baseline];
    const ended = await hadrill(options, { cwd: folder, timeout_ms: 400_000 });
    skip(ended.code === 4 && ended.stdout.includes('starved'), 'the machine starved it');
    return ended;
  };
  const first = await run('first');
  expect(first.code, first.stdout + first.stderr).toBe(0);

  const same = await run('same', '--baseline', 'first');
  expect(same.code, same.stdout + same.stderr).toBe(0);
  expect(same.stdout).toMatch(/^NO DIFFERENCE SHOWN .*: nothing is worse$/m);

  for (const node of ['r1', 'r2'])
    await change(`${folder}/${node}/keepalived.conf`, 'advert_int 0.5', 'advert_int 2');
  const slower = await run('slower', '--baseline', 'first');
  expect(slower.code, slower.stdout + slower.stderr).toBe(1);
  expect(slower.stdout).toMatch(/^worse +udp\.outage_ms/m);
  expect(slower.stdout).toContain('keepalived.conf');
});
