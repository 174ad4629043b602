import { HadrillError } from '../ground/errors.ts';
import { chooseNodes } from './choose-nodes.ts';
import { FleetLabel } from './service-spec.ts';
import type { Swarm } from './swarm.ts';
import { taskState } from './task-state.ts';

/** A trial's line, as `hadrill run` says it in a place without a terminal. */
const TRIAL = /: trial \d+: (?:pass|fail|unknown)\b/;

/** What a fleet has in a swarm, for people and programs. */
export interface FleetState {
  nodes: { name: string; state: string }[];
  services: {
    name: string;
    node: string;
    what: string;
    state: string;
    /** Trials that it has made so far; absent where its node does not say. */
    trials?: number;
  }[];
}

/** The nodes of a swarm, and the services of fleets. Changes nothing. */
export async function fleetState(swarm: Swarm): Promise<FleetState> {
  const all = await swarm.nodes();
  const names = all.map(({ ID: id }) => id);
  const nodes = chooseNodes(all, { labels: [], names }).map(({ name, away }) => ({
    name,
    state: away ?? 'available',
  }));
  const tasks = await swarm.tasks();
  const services = await Promise.all(
    (await swarm.services()).map(async ({ ID: id, Spec: { Name: name, Labels: labels } }) => {
      const state = taskState(tasks.filter(({ ServiceID: service }) => service === id));
      const trials = labels?.[FleetLabel.does] === 'shard' ? await trialsOf(swarm, id) : undefined;
      return {
        name,
        node: labels?.[FleetLabel.node] ?? '',
        what: labels?.[FleetLabel.what] ?? '',
        state: state.at === 'failed' ? `failed: ${state.why}` : state.at,
        ...(trials === undefined ? {} : { trials }),
      };
    }),
  );
  return { nodes, services: services.sort((a, b) => a.name.localeCompare(b.name)) };
}

async function trialsOf(swarm: Swarm, service: string): Promise<number | undefined> {
  try {
    return (await swarm.log(service, 'stderr')).filter((line) => TRIAL.test(line)).length;
  } catch (error) {
    if (error instanceof HadrillError) return undefined;
    throw error;
  }
}
