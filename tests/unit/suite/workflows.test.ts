import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../../../harness/engine/package-root.ts';

const workflows = globSync(['.github/workflows/*.yml', 'action.yml'], { cwd: PACKAGE_ROOT });

test.each(workflows)('%s names each action by the hash of a commit, and its version beside it', (file) => {
  const lines = readFileSync(path.join(PACKAGE_ROOT, file), 'utf8').split('\n');
  const actions = lines.filter((line) => /^\s*(?:- )?uses: (?!\.\/)/.test(line));
  expect(actions.length).toBeGreaterThan(0);
  expect(actions.filter((line) => !/uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
});
