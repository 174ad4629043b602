import { connectEngine } from '../../engine/connect.ts';
import { ensureImages } from '../../engine/ensure-images.ts';
import { chooseNodes } from '../../fleet/choose-nodes.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import { Patience } from '../../fleet/patience.ts';
import { freshFleet, Swarm } from '../../fleet/swarm.ts';
import { SwarmLook } from '../../fleet/swarm-look.ts';
import { EnvironmentError } from '../../ground/errors.ts';
import { bundleIsFresh, isPackage } from '../../setup/entry.js';
import type { CommandContext } from '../context.ts';
import type { Stopping } from '../signals.ts';

const AWAY_S = 60;
const STOPPING: Stopping = {
  first: 'stopping: ending the tasks on the nodes, which heal what is broken and remove their labs',
  second: 'still ending them; once more to leave that to `hadrill fleet down`',
};

/** Which nodes, and which image. */
export interface FleetOptions {
  label?: string[];
  node?: string[];
  harness?: string;
  /** How long the manager may be away, in s; default: 60. */
  away?: number;
}

/** A fleet, and the name of its image for people. */
export interface OpenFleet extends Fleet {
  image_name: string;
}

/**
 * The swarm of the engine that the environment names, the nodes that are wanted, and the image of hadrill. Nothing is touched
 * but that the image is built on this engine, if it lacks it.
 * @throws InputError where there is no such node; EnvironmentError where the engine cannot be asked to run services.
 */
export async function openFleet(context: CommandContext, options: FleetOptions): Promise<OpenFleet> {
  const swarm = await Swarm.open(await connectEngine());
  const nodes = chooseNodes(await swarm.nodes(), {
    labels: options.label ?? [],
    names: options.node ?? [],
  });
  const signal = context.interruptible(STOPPING);
  const { image, image_name } = await imageOf(swarm, options.harness, context, signal);
  const patience = new Patience((options.away ?? AWAY_S) * 1000, signal, context.say);
  const look = new SwarmLook(swarm, patience);
  const say = context.progress;
  return { swarm, look, patience, id: freshFleet(), nodes, image, image_name, signal, say };
}

/** By its ID, which is the same on every node that was given it, and which no engine asks a registry for. */
async function imageOf(
  { engine }: Swarm,
  named: string | undefined,
  { progress: onProgress }: CommandContext,
  signal: AbortSignal,
): Promise<{ image: string; image_name: string }> {
  if (named !== undefined) return { image: named, image_name: named };
  if (!isPackage() && !bundleIsFresh())
    throw new EnvironmentError(
      'the bundle of this checkout is older than its sources: the image would have it',
      {
        remedy: 'run `npm run setup` first, or name an image with --harness',
      },
    );
  const { tag, id } = (await ensureImages(engine, ['harness'], { onProgress, signal })).get('harness')!;
  return { image: id, image_name: tag };
}
