import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileNames, MOST_HOSTS, MOST_ROUTERS, routersText, topologyText } from './topology.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../topologies/l3-ha');

/** A whole number from 1 to `most`; undefined for anything else. */
function count(word: string | undefined, most: number): number | undefined {
  const value = Number(word);
  return Number.isInteger(value) && value >= 1 && value <= most ? value : undefined;
}

const [routers, hosts] = [count(process.argv[2], MOST_ROUTERS), count(process.argv[3], MOST_HOSTS)];
if (routers === undefined || hosts === undefined || process.argv.length > 4) {
  console.error(
    `usage: node tools/l3-ha/main.ts ROUTERS HOSTS\n` +
      `writes topologies/l3-ha for 1 to ${MOST_ROUTERS} routers on 1 to ${MOST_HOSTS} hosts`,
  );
  process.exitCode = 2;
} else {
  const names = fileNames(routers, hosts);
  await writeFile(path.join(FOLDER, names.topology), topologyText(routers, hosts));
  await writeFile(path.join(FOLDER, names.routers), routersText(routers));
  console.log(`topologies/l3-ha/${names.topology} and ${names.routers}`);
}
