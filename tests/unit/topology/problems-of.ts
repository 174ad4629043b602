import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import { loadTopology } from '../../../harness/topology/load-topology.ts';
import type { Topology } from '../../../harness/topology/topology.ts';

export type Env = Record<string, string | undefined>;

/** Loads text as a topology file, in a directory that also has `conf/r1.conf`-like empty files. */
export async function loadText(
  yaml: string,
  env: Env = {},
  files: string[] = [],
  options: { strict?: boolean; allow_host_binds?: boolean } = { allow_host_binds: true },
): Promise<Topology> {
  const directory = await mkdtemp(join(tmpdir(), 'hadrill-topology-'));
  try {
    for (const file of files) await writeFile(join(directory, file), '');
    const file = join(directory, 'test.clab.yml');
    await writeFile(file, yaml);
    return await loadTopology(file, { env, ...options });
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** What is wrong with a text by the strict rules, as `line:column message`; anything but an InputError fails the test. */
export async function problemsOf(yaml: string, env: Env = {}): Promise<string[]> {
  try {
    await loadText(yaml, env, [], { strict: true });
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ message, position }) => `${position?.line}:${position?.column} ${message}`);
  }
}

/** A text with one `▶` where its problem is expected: the text without it, and the place. */
function marked(text: string): { yaml: string; at: string } {
  const before = text.slice(0, text.indexOf('▶')).split('\n');
  return { yaml: text.replace('▶', ''), at: `${before.length}:${before.at(-1)!.length + 1}` };
}

/** A file with the given nodes and links, indented by the caller to 4. */
export function lab(nodes: string, links = ''): string {
  return `name: t\ntopology:\n  defaults: {kind: linux, image: i}\n  nodes:\n${nodes}\n${links && `  links:\n${links}\n`}`;
}

/** The file has this one problem and no other, at its mark; without one, at its beginning. */
export async function expectOnlyProblem(text: string, message: string | RegExp): Promise<void> {
  const { yaml, at } = text.includes('▶') ? marked(text) : { yaml: text, at: '1:1' };
  const problems = await problemsOf(yaml);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(new RegExp(`^${at} `));
  const found = problems[0]!.slice(at.length + 1);
  if (typeof message === 'string') expect(found).toBe(message);
  else expect(found).toMatch(message);
}
