import type { Engine } from '../engine/connect.ts';
import { InputError } from '../ground/errors.ts';
import { FABRIC_NODE, Label, labelFilter } from './labels.ts';
import { removeLab } from './remove.ts';

/** A container younger than this may belong to an `up` that is under way; older ones do not. */
const YOUNG_MS = 60_000;

export interface LabSummary {
  lab: string;
  run_id: string;
  topology: string | null;
  nodes: NodeSummary[];
}

export interface NodeSummary {
  node: string;
  host: string;
  image: string;
  /** The engine's word: `running`, `exited`, `created`, ... */
  state: string;
  /** For people: `Up 3 minutes (healthy)`. */
  status: string;
  container_id: string;
  container: string;
}

/** Every lab that the engine has, whoever made it. */
export async function listLabs(engine: Engine): Promise<LabSummary[]> {
  const labs = new Map<string, LabSummary>();
  for (const container of await engine.docker.listContainers({
    all: true,
    filters: labelFilter(Label.lab),
  })) {
    const labels = container.Labels;
    const name = labels[Label.lab] ?? '';
    const lab = labs.get(name) ?? { lab: name, run_id: labels[Label.run] ?? '', topology: null, nodes: [] };
    labs.set(name, lab);
    const spec = labels[Label.spec];
    if (spec) lab.topology = (JSON.parse(spec) as { file: string }).file;
    lab.nodes.push({
      node: labels[Label.node] ?? '',
      host: labels[Label.host] ?? '',
      image: container.Image,
      state: container.State,
      status: container.Status,
      container_id: container.Id,
      container: container.Names[0]?.replace(/^\//, '') ?? '',
    });
  }
  for (const lab of labs.values()) lab.nodes.sort((a, b) => a.node.localeCompare(b.node));
  return [...labs.values()].sort((a, b) => a.lab.localeCompare(b.lab));
}

/** The error for a lab that is not there, with those that are. */
export async function noSuchLab(engine: Engine, name: string): Promise<InputError> {
  const known = (await listLabs(engine)).map((lab) => lab.lab);
  return new InputError(
    `no lab '${name}' is up; ${known.length ? `these are: ${known.join(', ')}` : 'none is'}`,
  );
}

/**
 * Removes what nobody owns any more: labs whose fabric does not run, so that no harness can be using them.
 * @param young_ms a lab with a container younger than this is left alone; 60 s unless told.
 * @returns the names of the labs removed.
 */
export async function collectGarbage(
  engine: Engine,
  { young_ms = YOUNG_MS }: { young_ms?: number } = {},
): Promise<string[]> {
  const oldest_s = (Date.now() - young_ms) / 1000;
  const young = new Set<string>();
  for (const container of await engine.docker.listContainers({
    all: true,
    filters: labelFilter(Label.lab),
  })) {
    if (container.Created > oldest_s) young.add(container.Labels[Label.lab] ?? '');
  }
  const removed: string[] = [];
  for (const lab of await listLabs(engine)) {
    const owned = lab.nodes.some((node) => node.node === FABRIC_NODE && node.state === 'running');
    if (owned || young.has(lab.lab)) continue;
    await removeLab(engine, lab.lab);
    removed.push(lab.lab);
  }
  return removed;
}
