import path from 'node:path';
import { expect, test } from 'vitest';
import { freshFolder } from '../support/folder.ts';
import { hadrill, REPOSITORY } from '../support/hadrill.ts';

const PAIR = path.join(REPOSITORY, 'examples/keepalived-pair');

test('what init writes around a pair runs at once: the drill passes, and its control fails', async ({
  skip,
}) => {
  const folder = await freshFolder();
  const files = ['r1', 'r2'].flatMap((node) => ['--keepalived', `${node}=${PAIR}/${node}/keepalived.conf`]);
  const made = await hadrill(['init', ...files, '--out', 'mine'], { cwd: folder });
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(made.stdout).toContain('wrote mine/pair.clab.yml');

  const drill = await hadrill(['run', 'mine/node-crash.drill.yml'], { cwd: folder, timeout_ms: 300_000 });
  skip(drill.code === 4 && drill.stdout.includes('starved'), 'the machine starved it');
  expect(drill.stdout).toMatch(/^PASS /m);
  expect(drill.code).toBe(0);

  const control = await hadrill(['run', 'mine/control.drill.yml'], { cwd: folder, timeout_ms: 300_000 });
  expect(control.code).toBe(1);
  expect(control.stdout).toContain('nobody took over within 10 s');
});
