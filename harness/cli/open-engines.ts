import { connectEngines, type NamedEngine } from '../engine/connect-engines.ts';
import type { EngineAddress } from '../engine/engine-list.ts';
import { collectGarbage } from '../lab/garbage.ts';
import { requireVacant } from '../lab/require-vacant.ts';
import type { CommandContext } from './context.ts';

/**
 * The engines of a list, each fit for timed labs. When all are, what was left on them by labs without an owner is removed.
 * @throws InputError, EnvironmentError for what keeps one from being used: nothing was touched then.
 */
export async function openEngines(
  addresses: readonly EngineAddress[],
  context: Pick<CommandContext, 'say'>,
): Promise<NamedEngine[]> {
  const engines = await connectEngines(addresses);
  await requireVacant(engines);
  for (const line of sharedMachines(engines)) context.say(`note: ${line}`);
  await Promise.all(
    engines.map(async (engine) => {
      const { removed } = await collectGarbage(engine);
      if (removed.length > 0) context.say(`${engine.name}: removed: ${removed.join(', ')}`);
    }),
  );
  return engines;
}

/** Engines that answer with the same machine's name: two trials may run on its processors at the same time. */
function sharedMachines(engines: readonly NamedEngine[]): string[] {
  const machines = Map.groupBy(engines, ({ details }) => details.machine ?? '');
  return [...machines].flatMap(([machine, same]) =>
    machine !== '' && same.length > 1
      ? [
          `engines ${same.map(({ name }) => `'${name}'`).join(' and ')} are both on a machine named ${machine}`,
        ]
      : [],
  );
}
