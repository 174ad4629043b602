import path from 'node:path';
import { ExitCode } from '../ground/errors.ts';
import { type InitOptions, initPair } from '../init/init-pair.ts';
import type { Command } from './context.ts';

/** `hadrill init`: everything around two keepalived.conf that a first drill needs. */
export const init: Command<InitOptions> = async (context, options) => {
  const { files, notes } = await initPair(options);
  for (const file of files) await context.out(`wrote ${file}\n`);
  for (const note of notes) context.say(`note: ${note}`);
  const drill = path.join(options.out, 'node-crash.drill.yml');
  await context.out(
    `\nnext: hadrill run ${drill}\n      hadrill run ${path.join(options.out, 'control.drill.yml')}   must fail: nobody is left to take over\n`,
  );
  return ExitCode.pass;
};
