import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../../harness/ground/errors.ts';
import { loadTopology } from '../../../harness/topology/load-topology.ts';
import type { Topology } from '../../../harness/topology/topology.ts';

export type Env = Record<string, string | undefined>;

/** Loads text as a topology file, in a directory that also has `conf/r1.conf`-like empty files. */
export async function loadText(yaml: string, env: Env = {}, files: string[] = []): Promise<Topology> {
  const directory = await mkdtemp(join(tmpdir(), 'hadrill-topology-'));
  try {
    for (const file of files) await writeFile(join(directory, file), '');
    const file = join(directory, 'test.clab.yml');
    await writeFile(file, yaml);
    return await loadTopology(file, { env });
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** What is wrong with a text, as `line:column message`; anything but an InputError fails the test. */
export async function problemsOf(yaml: string, env: Env = {}): Promise<string[]> {
  try {
    await loadText(yaml, env);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ message, position }) => `${position?.line}:${position?.column} ${message}`);
  }
}

/** A text with one `▶` where its problem is expected: the text without it, and the place. */
export function marked(text: string): { yaml: string; at: string } {
  const before = text.slice(0, text.indexOf('▶')).split('\n');
  return { yaml: text.replace('▶', ''), at: `${before.length}:${before.at(-1)!.length + 1}` };
}

/** A file with the given nodes and links, indented by the caller to 4. */
export function lab(nodes: string, links = ''): string {
  return `name: t\ntopology:\n  defaults: {kind: linux, image: i}\n  nodes:\n${nodes}\n${links && `  links:\n${links}\n`}`;
}
