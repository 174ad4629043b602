import type Docker from 'dockerode';
import type { Engine } from '../engine/connect.ts';
import { InputError } from '../ground/errors.ts';
import { inPlace } from './in-place.ts';
import { Label, labelFilter } from './labels.ts';

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

/** Every lab that the engine has, also those that others made. */
export async function listLabs(engine: Engine): Promise<LabSummary[]> {
  const labs = new Map<string, LabSummary>();
  const found = await engine.docker.listContainers({ all: true, filters: labelFilter(Label.lab) });
  for (const container of found.filter((one) => hasPlace(one, found))) {
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

/** Whether it is what runs as its node, or would: another container can stand in for a node's own one. */
function hasPlace(container: Docker.ContainerInfo, all: readonly Docker.ContainerInfo[]): boolean {
  const same = all.filter((one) =>
    [Label.lab, Label.node].every((label) => one.Labels[label] === container.Labels[label]),
  );
  return same.length === 1 || inPlace(same) === container;
}

/** The error for a lab that is not there, with those that are. */
export async function noSuchLab(engine: Engine, name: string): Promise<InputError> {
  const known = (await listLabs(engine)).map((lab) => lab.lab);
  return new InputError(
    `no lab '${name}' is up; ${known.length ? `these are: ${known.join(', ')}` : 'none is'}`,
  );
}
