import { connectEngine } from '../../engine/connect.ts';
import { type FleetState, fleetState } from '../../fleet/fleet-state.ts';
import { Swarm } from '../../fleet/swarm.ts';
import { cleanLines } from '../../ground/clean-text.ts';
import { ExitCode } from '../../ground/errors.ts';
import { jsonText } from '../../ground/json-text.ts';
import { textTable as table } from '../../report/text-table.ts';
import type { Command } from '../context.ts';

/** The nodes of the swarm, and what fleets have on them. */
export const fleetStatus: Command<{ json?: boolean }> = async (context, { json }) => {
  const state = await fleetState(await Swarm.open(await connectEngine()));
  if (json) context.out(jsonText(state));
  else context.out(stateText(state));
  return ExitCode.pass;
};

function stateText({ nodes, services }: FleetState): string {
  const states = table(['NODE', 'STATE'], cleanLines(nodes.map(({ name, state }) => [name, state])));
  if (services.length === 0) return `${states}\nno fleet is at work\n`;
  const rows = services.map(({ node, what, state, trials }) => [node, what, state, `${trials ?? ''}`]);
  return `${states}\n${table(['NODE', 'WHAT', 'STATE', 'TRIALS'], cleanLines(rows), { right: [3] })}`;
}
