import { z } from 'zod';
import { EnvironmentError, InputError } from '../../../ground/errors.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { readNodeFile } from '../../../lab/read-node-file.ts';
import type { Bindings, Place } from '../../neutron-scheduling/schedule.ts';
import { routerNamed } from '../../vrrp/live/elections.ts';
import { holdersOf } from '../../vrrp/live/virtual-routers.ts';
import { placesOf } from '../config/router-places.ts';
import type { Routers } from '../config/routers.ts';
import { isUnbound, STATE_FILE } from './replica.ts';

/** What a place keeps of the server, for a command that finds the lab running. Which routers run is in the places. */
const shape = z.object({
  file: z.string(),
  routers: z.array(z.string()),
  settings: z.object({
    l3_ha: z.boolean(),
    max_l3_agents_per_router: z.int(),
    min_l3_agents_per_router: z.int(),
    allow_automatic_l3agent_failover: z.boolean(),
    agent_down_ms: z.number(),
    report_interval_ms: z.number(),
  }),
});

/** The content of `STATE_FILE`. */
export function stateText({ file, routers, settings }: Routers): string {
  const state: z.input<typeof shape> = { file, routers: [...routers], settings };
  return `${JSON.stringify(state)}\n`;
}

/**
 * What the server of a lab that another process has made knows, as its places say it.
 * @returns undefined where the lab has no place.
 * @throws InputError when a place is down: what is bound to it cannot be seen; EnvironmentError when no place says it.
 */
export async function readState(lab: Lab): Promise<{ routers: Routers; bindings: Bindings } | undefined> {
  const places = placesOf(lab.topology);
  const [first] = places;
  if (!first) return undefined;
  const pids = places.map(({ node }) => lab.node(node).pid);
  const alive = new Set(await lab.agent.call('alive', { pids: pids.filter((pid) => pid > 0) }));
  const down = places.filter((_, at) => !alive.has(pids[at]!)).map(({ node }) => node);
  if (down.length > 0)
    throw new InputError(
      `routers are not created or deleted by hand while a place is down: ${down.join(', ')}`,
      { remedy: 'heal it first, or make it a drill with several faults' },
    );
  const known = shape.safeParse(await textOf(lab, lab.node(first.node)));
  if (!known.success)
    throw new EnvironmentError(`the places of lab '${lab.name}' do not say what its Neutron server knows`, {
      remedy: `take the lab down and up again: hadrill down ${lab.name}`,
    });
  return { routers: { ...known.data, later: [], places }, bindings: await bindingsOf(lab, places) };
}

async function textOf(lab: Lab, { pid }: LabNode): Promise<unknown> {
  try {
    return JSON.parse((await readNodeFile(lab, pid, STATE_FILE)) ?? '');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The host of the active replica first. */
async function bindingsOf(lab: Lab, places: readonly Place[]): Promise<Bindings> {
  const bindings = new Map<string, string[]>();
  for (const { node, host, serves } of places)
    if (!(await isUnbound(lab, lab.node(node))))
      bindings.set(serves, [...(bindings.get(serves) ?? []), host]);
  for (const [router, hosts] of bindings) {
    const holders = new Set((await holdersOf(lab, routerNamed(lab, router))).map(({ host }) => host));
    bindings.set(
      router,
      hosts.toSorted((a, b) => Number(holders.has(b)) - Number(holders.has(a))),
    );
  }
  return bindings;
}
