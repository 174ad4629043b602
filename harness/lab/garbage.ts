import type Docker from 'dockerode';
import type { Engine } from '../engine/connect.ts';
import { FABRIC_NODE, Label, labelFilter } from './labels.ts';
import { ownerPid, ownerState } from './owner.ts';
import { removeLab } from './remove.ts';

/** Of a lab whose owner cannot be known: a container younger than this may belong to an `up` that is under way. */
const YOUNG_MS = 60_000;
/** A fabric in one of these states serves a harness, or will again. */
const FABRIC_LIVES = ['running', 'paused', 'restarting'];

/** A lab without a fabric that was left alone. */
export interface LeftLab {
  lab: string;
  containers: number;
  /** For people: why it was left, and what to do. */
  why: string;
}

/** What a collection did. */
export interface Garbage {
  /** Names of the labs that were removed. */
  removed: string[];
  left: LeftLab[];
}

/**
 * Removes what has no owner any more: labs whose fabric does not run and whose maker has ended. Where that cannot be
 * known (it ran on another machine, or in a container), a lab with a young container is left.
 * @param young_ms what is young; 60 s by default.
 */
export async function collectGarbage(
  engine: Engine,
  { young_ms = YOUNG_MS }: { young_ms?: number } = {},
): Promise<Garbage> {
  const garbage: Garbage = { removed: [], left: [] };
  const labs = new Map<string, Docker.ContainerInfo[]>();
  for (const one of await engine.docker.listContainers({ all: true, filters: labelFilter(Label.lab) })) {
    const name = one.Labels[Label.lab] ?? '';
    labs.set(name, [...(labs.get(name) ?? []), one]);
  }
  for (const [lab, containers] of [...labs].sort(([a], [b]) => a.localeCompare(b))) {
    if (containers.some(isLivingFabric)) continue;
    const why = mayBeUsed(containers, young_ms);
    if (why !== undefined) {
      garbage.left.push({ lab, containers: containers.length, why });
      continue;
    }
    await removeLab(engine, lab);
    garbage.removed.push(lab);
  }
  return garbage;
}

/** Labs whose fabric runs, each with who made it where that is known. */
export async function livingLabs(engine: Pick<Engine, 'docker'>): Promise<string[]> {
  const fabrics = await engine.docker.listContainers({ filters: labelFilter(Label.node, FABRIC_NODE) });
  return fabrics
    .filter(isLivingFabric)
    .map(({ Labels: labels }) => {
      const pid = ownerState(labels[Label.owner]) === 'alive' ? ownerPid(labels[Label.owner]) : undefined;
      return `'${labels[Label.lab]}'${pid === undefined ? '' : ` (made by process ${pid} here)`}`;
    })
    .sort();
}

function isLivingFabric({ Labels: labels, State: state }: Docker.ContainerInfo): boolean {
  return labels[Label.node] === FABRIC_NODE && FABRIC_LIVES.includes(state);
}

/** Why a lab without a living fabric must not be removed; undefined when it may. */
function mayBeUsed(containers: readonly Docker.ContainerInfo[], young_ms: number): string | undefined {
  const owners = containers.map(({ Labels: labels }) => labels[Label.owner]);
  const living = owners.find((owner) => ownerState(owner) === 'alive');
  if (living !== undefined)
    return `process ${ownerPid(living)} on this machine, which made it, is still running: wait until it has ended`;
  if (owners.every((owner) => ownerState(owner) === 'ended')) return undefined;
  const newest_ms = Math.max(...containers.map(({ Created: created_s }) => created_s)) * 1000;
  const age_ms = Date.now() - newest_ms;
  // The engine reports whole seconds.
  if (age_ms > young_ms + 1000) return undefined;
  const again_s = Math.ceil((young_ms + 1000 - age_ms) / 1000);
  return `it may still be being built, by another machine or in a container: run hadrill gc again in ${again_s} s`;
}
