import { connectEngine } from '../engine/connect.ts';
import { collectGarbage } from '../lab/garbage.ts';
import type { Command } from './context.ts';

/** Removes what has no owner any more; safe at any time, and again. */
export const gc: Command<object> = async (context) => {
  const { removed, left } = await collectGarbage(await connectEngine());
  if (removed.length > 0) context.say(`removed: ${removed.join(', ')}`);
  for (const { lab, containers, why } of left)
    context.say(
      `left: lab '${lab}' (${containers} ${containers === 1 ? 'container' : 'containers'}): ${why}`,
    );
  if (removed.length + left.length === 0) context.say('nothing was left behind');
  return 0;
};
