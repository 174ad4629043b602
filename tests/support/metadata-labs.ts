import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { processes } from './faults.ts';
import { REPOSITORY } from './hadrill.ts';
import { engine, freshName, removeLabs } from './labs.ts';

const FOLDER = `${REPOSITORY}/topologies/metadata`;

export interface Answer {
  /** 0: none. */
  status: number;
  /** Whose proxy answered, and whose agent. */
  node: string | undefined;
  agent: string | undefined;
  body: string;
}

/** A lab of topologies/metadata with one of its profiles, and what removes it. */
export async function openMetadataLab(profile: string): Promise<{ lab: Lab; remove: () => Promise<void> }> {
  const name = freshName('metadata');
  const profiles = parse(await readFile(`${FOLDER}/profiles.yml`, 'utf8')) as Record<string, object>;
  const env = { ...(profiles[profile] as Record<string, string>) };
  const variables = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, String(value)]));
  const topology = await loadTopology(`${FOLDER}/metadata.clab.yml`, { env: variables });
  const lab = await up(engine, topology, { name });
  return {
    lab,
    remove: async () => {
      lab.disconnect();
      await removeLabs(name);
    },
  };
}

/** Asks over HTTP. `options` are curl's. */
export async function ask(lab: Lab, from: string, url: string, ...options: string[]): Promise<Answer> {
  const { stdout } = await lab.exec(from, ['curl', '-si', '--max-time', '7', ...options, url]);
  const [head = '', ...body] = stdout.split('\r\n\r\n');
  const header = (name: string) => new RegExp(`^${name}: (\\S+)`, 'im').exec(head)?.[1];
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0),
    node: header('x-node'),
    agent: header('x-agent'),
    body: body.join('\r\n\r\n'),
  };
}

/** Asks as an instance asks for its metadata. */
export const metadata = (lab: Lab, vm: string, ...options: string[]) =>
  ask(lab, vm, 'http://169.254.169.254/openstack/latest/meta_data.json', ...options);

export const withHeaders = (...headers: string[]) => headers.flatMap((header) => ['-H', header]);

/** Waits for an instance to be answered so. */
export function answered(
  lab: Lab,
  vm: string,
  wanted: Partial<Answer>,
  timeout_ms = 30_000,
): Promise<Answer> {
  let last: Answer | undefined;
  return waitUntil({
    what: `${vm} to be answered ${JSON.stringify(wanted)}`,
    timeout_ms,
    interval_ms: 200,
    check: async () => {
      last = await metadata(lab, vm);
      const { status, node, agent } = { ...last, ...wanted };
      return last.status === status && last.node === node && last.agent === agent ? last : undefined;
    },
    lastSeen: () => JSON.stringify(last),
  });
}

/** How many proxies run on a node. */
export async function proxiesOn(lab: Lab, node: string): Promise<number> {
  return (await processes(lab, node)).filter((name) => name === 'haproxy').length;
}
