import { connectEngine } from '../engine/connect.ts';
import { InputError } from '../ground/errors.ts';
import { listLabs, noSuchLab } from '../lab/list-labs.ts';
import { removeLab } from '../lab/remove.ts';
import type { Command } from './context.ts';

/** Removes one lab, or all. A lab that is only partly there is removed as well. */
export const down: Command<{ lab?: string; all?: boolean }> = async (context, { lab, all }) => {
  if ((lab === undefined) === !all) throw new InputError('name one lab, or say --all');
  const engine = await connectEngine();
  const names = lab === undefined ? (await listLabs(engine)).map((one) => one.lab) : [lab];
  for (const name of names) {
    const count = await removeLab(engine, name);
    if (count === 0 && !all) throw await noSuchLab(engine, name);
    context.say(`lab '${name}' removed: ${count} containers`);
  }
  return 0;
};
