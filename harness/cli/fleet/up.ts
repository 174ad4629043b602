import { parseEngineList } from '../../engine/engine-list.ts';
import { lookAtNodes, type NodeLook } from '../../fleet/look-at-nodes.ts';
import { ExitCode } from '../../ground/errors.ts';
import { jsonText } from '../../ground/json-text.ts';
import { formatChecks } from '../../setup/check.ts';
import type { Command } from '../context.ts';
import { type FleetOptions, openFleet } from './open.ts';

/** Says of each node whether it can make trials; 3 when one cannot. */
export const fleetUp: Command<FleetOptions & { load?: string; json?: boolean }> = async (
  context,
  options,
) => {
  const addresses = options.load === undefined ? [] : parseEngineList(options.load);
  const fleet = await openFleet(context, options);
  if (addresses.length > 0) {
    const { loadImages } = await import('../../fleet/load-images.ts');
    await loadImages({ engine: fleet.swarm.engine, signal: fleet.signal, say: fleet.say }, addresses);
  }
  const looks = await lookAtNodes(fleet, fleet.image_name);
  context.out(options.json ? jsonText(looks) : looksText(looks));
  return looks.every(({ fit }) => fit) ? ExitCode.pass : ExitCode.environment;
};

/** For people: the lines of `hadrill doctor`, each with its node. */
export function looksText(looks: readonly NodeLook[]): string {
  const checks = looks.flatMap(({ node, checks: all }) => all.map((check) => ({ ...check, engine: node })));
  const unfit = looks.filter(({ fit }) => !fit).map(({ node }) => node);
  const sum =
    unfit.length === 0
      ? `${looks.length === 1 ? 'the node' : `all ${looks.length} nodes`} can make trials`
      : `${unfit.length} of ${looks.length} nodes cannot make trials: ${unfit.join(', ')}`;
  return `${formatChecks(checks)}\n${sum}\n`;
}
