import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { drillText } from './drill-text.ts';
import { SETTINGS } from './truth-table.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../topologies/conntrack');

for (const setting of Object.keys(SETTINGS)) {
  const name = `${setting}.drill.yml`;
  await writeFile(path.join(FOLDER, name), drillText(setting));
  console.log(`topologies/conntrack/${name}`);
}
