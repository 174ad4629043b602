import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { freshFolder } from '../support/folder.ts';
import { hadrill, REPOSITORY } from '../support/hadrill.ts';

const EXAMPLE = path.join(REPOSITORY, 'examples/keepalived-pair');
const SCRIPT = `global_defs {
  script_user root
  enable_script_security
}
vrrp_script well {
  script "/bin/sh -c true"
}
`;

test('a check script that keepalived disables is named, with its place', async ({ skip }) => {
  const folder = await freshFolder();
  await cp(EXAMPLE, folder, { recursive: true });
  for (const node of ['r1', 'r2']) {
    const file = `${folder}/${node}/keepalived.conf`;
    const tracked = (await readFile(file, 'utf8')).replace(
      'virtual_router_id',
      'track_script {\n  well\n }\n virtual_router_id',
    );
    await writeFile(file, SCRIPT + tracked);
  }
  const { code, stdout, stderr } = await hadrill(['run', 'node-crash.drill.yml'], {
    cwd: folder,
    timeout_ms: 300_000,
  });
  skip(code === 4 && stdout.includes('starved'), 'the machine starved it');
  expect(code, stdout + stderr).toBe(0);
  const words = stdout.replace(/\s+/g, ' ');
  for (const node of ['r1', 'r2'])
    expect(words).toContain(
      `${node} does not run the check script 'well' (/etc/keepalived/keepalived.conf:5), so it does not fail over by it: keepalived takes it for insecure`,
    );
});
