import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { init } from '../../../harness/init/init.ts';
import { freshFolder } from '../../support/folder.ts';
import { REPOSITORY } from '../../support/hadrill.ts';

/** What a user of `hadrill init` may give: options of three kinds of pairs. */
export const SAMPLES = `${REPOSITORY}/tests/fixtures/init`;

interface Written {
  nodes: Record<string, { env: Record<string, string>; binds?: string[]; labels: Record<string, string> }>;
  links: { endpoints: string[] }[];
}

/** A proposal, and what it wrote. */
export async function proposal(
  files: Readonly<Record<string, readonly string[]>>,
  { address = [], name = 'pair' }: { address?: readonly string[]; name?: string } = {},
) {
  const out = `${await freshFolder()}/drills`;
  const { notes } = await init({ files: new Map(Object.entries(files)), address, name, out });
  const read = (file: string) => readFile(`${out}/${file}`, 'utf8');
  const { topology } = parse(await read(`${name}.clab.yml`)) as { topology: Written };
  return { out, notes, read, nodes: topology.nodes, links: topology.links };
}
