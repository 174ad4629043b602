import { connectEngine } from '../../engine/connect.ts';
import { removeFleet } from '../../fleet/remove-fleet.ts';
import { Swarm } from '../../fleet/swarm.ts';
import { taskOnNode } from '../../fleet/task-on-node.ts';
import { ExitCode, messageOf } from '../../ground/errors.ts';
import type { Command } from '../context.ts';
import { type FleetOptions, openFleet } from './open.ts';

/** Ends what fleets have on the nodes, and has each node collect its garbage; 3 when one could not be reached. */
export const fleetDown: Command<FleetOptions> = async (context, options) => {
  // What runs is ended first, whatever there may be in the way of looking for what it has left.
  const { services } = await removeFleet(await Swarm.open(await connectEngine()));
  if (services.length > 0) context.say(`removed services: ${services.join(', ')}`);
  const fleet = await openFleet(context, options);
  const all = await Promise.all(
    fleet.nodes.map(async (node): Promise<boolean> => {
      const say = (line: string) => context.say(`${node.name}: ${line}`);
      if (node.away !== undefined) {
        say(`not reached: ${node.away}; repeat this when it is back`);
        return false;
      }
      try {
        const what = { does: 'clean', what: 'gc', args: ['gc'] } as const;
        const { end, stderr } = await taskOnNode(fleet, node, what);
        for (const line of stderr) say(line);
        if (end.how === 'done') return true;
        say(`not cleaned: ${end.why}`);
      } catch (error) {
        fleet.signal.throwIfAborted();
        say(`not cleaned: ${messageOf(error)}`);
      }
      return false;
    }),
  );
  return all.every((clean) => clean) ? ExitCode.pass : ExitCode.environment;
};
