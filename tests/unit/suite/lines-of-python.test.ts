import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../../../harness/engine/package-root.ts';
import { findSources } from '../../../tools/lint/sources.ts';

/** As Biome's limits for TypeScript (biome.json): no linter of Python or shell counts the lines of a file. */
const MOST_LINES = 250;

test('no file of Python or shell is longer than one of TypeScript may be', async () => {
  const { python, shell } = await findSources(PACKAGE_ROOT);
  const long = [...python, ...shell].flatMap((file) => {
    const lines = readFileSync(path.join(PACKAGE_ROOT, file), 'utf8').split('\n').length - 1;
    return lines > MOST_LINES ? [`${file}: ${lines}`] : [];
  });
  expect(long).toEqual([]);
});
