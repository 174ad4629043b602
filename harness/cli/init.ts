import { ExitCode, InputError } from '../ground/errors.ts';
import { type Initialised, init as initialise } from '../init/init.ts';
import { initialisers } from '../systems/initialisers.ts';
import { askPair, canAsk } from './ask-pair.ts';
import type { Command, CommandContext } from './context.ts';

type InitCommand = {
  address: string[];
  name: string;
  out: string;
  fromDocker?: string[];
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
  const made = options.fromDocker
    ? await fromDocker(options.fromDocker, options, files.size > 0)
    : await initialise({ ...options, files: await orAsked(files) });
  await tell(context, made);
  return ExitCode.pass;
};

/** Without any option somebody at a terminal is asked. */
async function orAsked(files: Map<string, string[]>): Promise<Map<string, string[]>> {
  if (files.size > 0 || !canAsk()) return files;
  return askPair();
}

async function fromDocker(
  containers: readonly string[],
  options: InitCommand,
  has_files: boolean,
): Promise<Initialised> {
  if (has_files)
    throw new InputError('--from-docker reads the files out of the containers: give none beside it');
  const { connectEngine } = await import('../engine/connect.ts');
  const { initFromContainers } = await import('../init/from-docker.ts');
  return initFromContainers(await connectEngine(), containers, options);
}

async function tell(context: CommandContext, { files, notes, drill, control }: Initialised): Promise<void> {
  for (const file of files) await context.out(`wrote ${file}\n`);
  for (const note of notes) context.say(`note: ${note}`);
  await context.out(
    `\nnext: hadrill run ${drill}\n      hadrill run ${control}   must fail: nobody is left to take over\n`,
  );
}
