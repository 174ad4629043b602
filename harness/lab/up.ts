import { randomUUID } from 'node:crypto';
import type { Engine } from '../engine/connect.ts';
import { imagesOfNodes, type NodeImage } from '../engine/image-of-node.ts';
import { InputError } from '../ground/errors.ts';
import type { Topology } from '../topology/topology.ts';
import { removeAbandoned } from './abandoned.ts';
import { alreadyUp, type FabricContainer, startFabric } from './fabric-container.ts';
import { requireModestImages } from './image-capabilities.ts';
import type { Lab } from './lab.ts';
import { type BuildOptions, imageOf, LabBuilder } from './lab-builder.ts';
import { FABRIC_NODE, Label, labelFilter } from './labels.ts';
import type { LabIdentity } from './node-options.ts';
import { thisOwner } from './owner.ts';
import { removeLabelled } from './remove.ts';
import { guardStart, type StartGuard } from './start-guard.ts';

const FABRIC_IMAGE = 'hadrill/fabric';

export interface UpOptions extends BuildOptions {
  /** Name of the lab. Default: the topology's own. */
  name?: string | undefined;
  /** Id of the run it belongs to; default: a fresh one. */
  run_id?: string;
  /** Images that have been looked up already, by the name written in the topology. @internal */
  images?: ReadonlyMap<string, NodeImage>;
}

/**
 * Builds a lab: every node started and wired, its `exec` commands run, its healthchecks healthy. The lab
 * ends with this process unless it is released.
 * @throws InputError for a lab that is up already or an image that is not known; EnvironmentError when a
 * node does not start. Nothing is left behind then.
 * @internal
 */
export async function up(engine: Engine, topology: Topology, options: UpOptions = {}): Promise<Lab> {
  const identity: LabIdentity = {
    lab: options.name ?? topology.name,
    run_id: options.run_id ?? randomUUID().slice(0, 8),
    prefix: topology.prefix,
    owner: thisOwner(),
  };
  checkLabName(identity.lab);
  // It is ready before anything is created; meanwhile the images are looked up.
  const guard = guardStart(identity.run_id, engine.env);
  let images: Map<string, NodeImage>;
  try {
    [images] = await Promise.all([prepare(engine, identity, topology, options), guard.ready]);
    options.signal?.throwIfAborted();
  } catch (error) {
    guard.release();
    throw error;
  }
  options.onProgress?.(
    `building lab '${identity.lab}': ${topology.nodes.length} nodes, ${topology.wires.length} wires`,
  );
  const lab = await buildLab(engine, identity, topology, images, options, guard);
  guard.release();
  return lab;
}

/** Finds the images, and refuses what cannot be built. @returns them by the names written in the topology. */
async function prepare(
  engine: Engine,
  { lab }: LabIdentity,
  topology: Topology,
  options: UpOptions,
): Promise<Map<string, NodeImage>> {
  const users = [{ name: FABRIC_NODE, image: FABRIC_IMAGE }, ...topology.nodes];
  const unknown = users.filter(({ image }) => !options.images?.has(image));
  const [found] = await Promise.all([
    imagesOfNodes(engine, unknown, options),
    removeAbandoned(engine).then(() => refuseExisting(engine, lab)),
  ]);
  const images = new Map([...(options.images ?? []), ...found]);
  requireModestImages(topology.nodes, images);
  return images;
}

async function buildLab(
  engine: Engine,
  identity: LabIdentity,
  topology: Topology,
  images: Map<string, NodeImage>,
  options: UpOptions,
  guard: StartGuard,
): Promise<Lab> {
  let fabric: FabricContainer | undefined;
  try {
    fabric = await startFabric(engine, identity, topology, imageOf(images, FABRIC_IMAGE));
    return await new LabBuilder(engine, identity, topology, images, fabric, options).build();
  } catch (error) {
    await removeLabelled(engine, labelFilter(Label.run, identity.run_id), `lab '${identity.lab}'`);
    guard.release();
    fabric?.lifeline.close();
    throw error;
  }
}

async function refuseExisting(engine: Engine, lab: string): Promise<void> {
  const found = await engine.docker.listContainers({ all: true, filters: labelFilter(Label.lab, lab) });
  if (found.length > 0) throw alreadyUp(lab);
}

function checkLabName(lab: string): void {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/.test(lab)) return;
  throw new InputError(
    `'${lab}' is not a valid name for a lab: letters, digits, '_', '.' and '-', at most 63`,
  );
}
