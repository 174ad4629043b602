import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../../../harness/engine/package-root.ts';
import { SIDE_BY_SIDE } from '../../side-by-side.ts';

const UNIT = globSync('tests/unit/**/*.test.ts', { cwd: PACKAGE_ROOT }).filter(
  (file) => file !== 'tests/unit/suite/test-files.test.ts',
);

test.each(SIDE_BY_SIDE)('%s, which runs beside another, is there', (file) => {
  expect(existsSync(path.join(PACKAGE_ROOT, file))).toBe(true);
});

test('no unit test judges how long anything takes: machines are busy', () => {
  const judging = UNIT.filter((file) =>
    /expect\([^)]*(?:performance|Date)\.now\(\)/.test(readFileSync(path.join(PACKAGE_ROOT, file), 'utf8')),
  );
  expect(judging).toEqual([]);
});
