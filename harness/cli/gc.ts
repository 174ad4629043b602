import { connectEngine } from '../engine/connect.ts';
import { connectEngines } from '../engine/connect-engines.ts';
import { parseEngineList } from '../engine/engine-list.ts';
import { collectGarbage, type Garbage } from '../lab/garbage.ts';
import type { Command, CommandContext } from './context.ts';

/** Removes what has no owner any more; safe at any time, and again. */
export const gc: Command<{ engines?: string }> = async (context, { engines }) => {
  if (engines === undefined) {
    tell(context, await collectGarbage(await connectEngine()));
    return 0;
  }
  for (const engine of await connectEngines(parseEngineList(engines)))
    tell(context, await collectGarbage(engine), `${engine.name}: `);
  return 0;
};

function tell({ say }: CommandContext, { removed, left }: Garbage, of = ''): void {
  if (removed.length > 0) say(`${of}removed: ${removed.join(', ')}`);
  for (const { lab, containers, why } of left)
    say(`${of}left: lab '${lab}' (${containers} ${containers === 1 ? 'container' : 'containers'}): ${why}`);
  if (removed.length + left.length === 0) say(`${of}nothing was left behind`);
}
