import { connectEngine } from '../engine/connect.ts';
import { collectGarbage } from '../lab/list-labs.ts';
import type { Command } from './context.ts';

/** Removes what nobody owns any more; safe at any time, and again. */
export const gc: Command<object> = async (context) => {
  const removed = await collectGarbage(await connectEngine());
  context.say(removed.length > 0 ? `removed: ${removed.join(', ')}` : 'nothing was left behind');
  return 0;
};
