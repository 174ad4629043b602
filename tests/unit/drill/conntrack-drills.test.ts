import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { drillText } from '../../../tools/conntrack/drill-text.ts';
import { SETTINGS } from '../../../tools/conntrack/truth-table.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../../topologies/conntrack');

test.each(Object.keys(SETTINGS))('the drill %s is as it is written', async (setting) => {
  expect(await readFile(path.join(FOLDER, `${setting}.drill.yml`), 'utf8')).toBe(drillText(setting));
});
