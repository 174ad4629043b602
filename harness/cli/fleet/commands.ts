import type { Command } from 'commander';
import { freshSeed } from '../../ground/random.ts';
import type { CommandContext, Ended } from '../context.ts';
import { IMAGE, keepRecords, oneMore, STRICT, VARIABLE, wholeNumber } from '../option-values.ts';

const LABEL = 'only nodes with this label; may be given more than once';
const NODE = 'only this node; may be given more than once';
const HARNESS = "image of hadrill in a registry (default: this one's own, built here)";

/** `hadrill fleet …`: drills on the nodes of a Docker Swarm. */
export function fleetCommands(program: Command, context: CommandContext, ended: Ended): void {
  const fleet = program
    .command('fleet')
    .description('drills on the nodes of a Docker Swarm; see docs/fleet.md')
    .enablePositionalOptions();
  fleet
    .command('up')
    .description('which nodes can make trials, and what the others lack')
    .option('--label <name[=value]>', LABEL, oneMore)
    .option('--node <name>', NODE, oneMore)
    .option('--harness <image>', HARNESS)
    .option('--load <list>', 'first bring the images to these engines of nodes: NAME=URL,NAME=URL')
    .option('--json', 'one JSON document')
    .action(async (options) => ended(await (await import('./up.ts')).fleetUp(context, options)));
  runCommand(fleet, context, ended);
  fleet
    .command('status')
    .description('nodes, and the shards of a run that is under way')
    .option('--json', 'one JSON document')
    .action(async (options) => ended(await (await import('./status.ts')).fleetStatus(context, options)));
  fleet
    .command('down')
    .description('end what runs on the nodes, and remove what labs without an owner have left there')
    .option('--label <name[=value]>', LABEL, oneMore)
    .option('--node <name>', NODE, oneMore)
    .option('--harness <image>', HARNESS)
    .action(async (options) => ended(await (await import('./down.ts')).fleetDown(context, options)));
  fleet
    .command('send', { hidden: true })
    .description('on a node: make a shard, and write its results on standard output')
    .argument('<words...>', 'run …')
    .option('--files <archive>', 'what the drill is made of, to be unpacked first')
    .passThroughOptions()
    .action(async (words: string[], options: { files?: string }) =>
      ended(await (await import('./send.ts')).fleetSend(context, { ...options, words })),
    );
}

function runCommand(fleet: Command, context: CommandContext, ended: Ended): void {
  fleet
    .command('run')
    .description('run drills, each shard of the trials by a service on one of the nodes, and report')
    .argument('<drill...>', 'name of a shipped drill, or path of a *.drill.yml')
    .option('--trials <n>', 'repetitions', wholeNumber, 1)
    .option('--seed <s>', 'seed of all randomness', wholeNumber)
    .option('--shards <n>', 'into how many parts the trials go (default: two for each node)', wholeNumber)
    .option('--label <name[=value]>', LABEL, oneMore)
    .option('--node <name>', NODE, oneMore)
    .option('--harness <image>', HARNESS)
    .option('--profile <name>', 'profile of the drill')
    .option('--out <dir>', 'folder for results', 'results')
    .option(
      '--keep-records <which>',
      'captures and records: all, failed, or of each verdict and shard the first N (default: 100)',
      keepRecords,
    )
    .option('--var <name[=value]>', VARIABLE, oneMore)
    .option('--image <name=other>', IMAGE, oneMore)
    .option('--strict', STRICT)
    .option('--away <s>', 'how long a manager or a node may be away, in s', wholeNumber, 600)
    .option('--json', 'the journal as one JSON document')
    .action(async (drills, options) => {
      const seed = options.seed ?? freshSeed();
      return ended(await (await import('./run.ts')).fleetRun(context, { ...options, drills, seed }));
    });
}
