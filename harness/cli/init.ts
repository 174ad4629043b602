import { ExitCode } from '../ground/errors.ts';
import { type Initialised, init as initialise } from '../init/init.ts';
import { initialisers } from '../systems/initialisers.ts';
import type { Command, CommandContext } from './context.ts';

type InitCommand = {
  address: string[];
  name: string;
  out: string;
} & Readonly<Record<string, unknown>>;

/** `hadrill init`: everything around the files of a pair that a first drill needs. */
export const init: Command<InitCommand> = async (context, options) => {
  const asked = initialisers.flatMap(({ files }) => files.map(({ option }) => option));
  const files = new Map(
    asked.flatMap((option): [string, string[]][] => {
      const values = options[option];
      return Array.isArray(values) && values.length > 0 ? [[option, values.map(String)]] : [];
    }),
  );
  await tell(context, await initialise({ ...options, files }));
  return ExitCode.pass;
};

async function tell(context: CommandContext, { files, notes, drill, control }: Initialised): Promise<void> {
  for (const file of files) await context.out(`wrote ${file}\n`);
  for (const note of notes) context.say(`note: ${note}`);
  await context.out(
    `\nnext: hadrill run ${drill}\n      hadrill run ${control}   must fail: nobody is left to take over\n`,
  );
}
