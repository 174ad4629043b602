import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadDrill } from '../../../../harness/drill/load-drill.ts';
import { REPOSITORY } from '../../../support/hadrill.ts';

const FOLDER = path.join(REPOSITORY, 'tests/fixtures/drills/neutron');

test('drills of Neutron that have not been run fit its topology', async () => {
  const files = await readdir(FOLDER);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const { drill } = await loadDrill(path.join(FOLDER, file));
    expect(drill.expect.length, file).toBeGreaterThan(0);
  }
});
