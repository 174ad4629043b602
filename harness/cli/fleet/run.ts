import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { keepNamesApart } from '../../drill/distinct-names.ts';
import type { LoadedDrill } from '../../drill/load-drill.ts';
import { carriedFiles } from '../../fleet/carried-files.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import { lookAtNodes } from '../../fleet/look-at-nodes.ts';
import { removeFleet } from '../../fleet/remove-fleet.ts';
import { refuseMissing, runFleet } from '../../fleet/run-fleet.ts';
import { FleetLabel } from '../../fleet/service-spec.ts';
import { shardCount } from '../../fleet/shard-lease.ts';
import { EnvironmentError, InputError, messageOf } from '../../ground/errors.ts';
import type { KeepRecords } from '../../journal/run-command.ts';
import type { Command, CommandContext } from '../context.ts';
import { loadDrills } from '../load-drills.ts';
import { merge } from '../merge.ts';
import { namedVariables } from '../variables.ts';
import { type FleetOptions, openFleet } from './open.ts';
import { looksText } from './up.ts';

interface FleetRunOptions extends FleetOptions {
  drills: string[];
  trials: number;
  seed: number;
  shards?: number;
  away: number;
  profile?: string;
  out: string;
  keepRecords?: KeepRecords;
  var?: string[];
  image?: string[];
  strict?: boolean;
  json?: boolean;
}

/** Runs drills on the nodes of a swarm, and puts their shards together: the same as one run on one engine. */
export const fleetRun: Command<FleetRunOptions> = async (context, options) => {
  const { trials } = options;
  if (trials < 1) throw new InputError('--trials must be at least 1');
  if (options.shards !== undefined && (options.shards < 1 || options.shards > trials))
    throw new InputError(`--shards must be at least 1, and at most the number of trials, ${trials}`);
  const variables = namedVariables(options.var ?? [], process.env);
  // All that is wrong with them is said before anything is asked of the swarm.
  const loaded = await loadDrills(options, variables);
  keepNamesApart(loaded.map(({ drill }) => drill));
  const files = await filesOf(loaded);
  const fleet = await openFleet(context, options);
  await refuseOthers(fleet);
  await requireFit(fleet, fleet.image_name);
  await mkdir(options.out, { recursive: true });
  const home = await mkdtemp(path.join(options.out, '.fleet-'));
  await make(context, fleet, {
    shards: shardCount(trials, fleet.nodes.length, options.shards),
    args: runArguments(options, loaded, Object.keys(variables)),
    files,
    env: Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    what: options.drills.join(' '),
    home,
    away_ms: options.away * 1000,
  });
  const { out, json } = options;
  const code = await merge(context, { folders: [home], out, ...(json === undefined ? {} : { json }) });
  await rm(home, { recursive: true });
  return code;
};

/** What of them nodes do not have: shipped drills are in the image. */
async function filesOf(loaded: readonly LoadedDrill[]): Promise<Buffer | undefined> {
  const own = loaded.filter(({ drill }) => !drill.shipped).flatMap(({ files }) => files);
  return own.length === 0 ? undefined : carriedFiles(own);
}

async function refuseOthers({ swarm }: Fleet): Promise<void> {
  const others = (await swarm.services()).filter(({ Spec }) => Spec.Labels?.[FleetLabel.does] === 'shard');
  if (others.length === 0) return;
  const names = others.map(
    ({ Spec: { Name: name, Labels: labels } }) => `${name} (${labels?.[FleetLabel.what]})`,
  );
  throw new EnvironmentError(`a run is under way in this swarm, or one was left: ${names.join(', ')}`, {
    remedy: '`hadrill fleet status` says how far it is; `hadrill fleet down` ends and removes it',
  });
}

async function requireFit(fleet: Fleet, image_name: string): Promise<void> {
  const looks = await lookAtNodes(fleet, image_name);
  if (looks.every(({ fit }) => fit)) return;
  const unfit = looks
    .filter(({ fit }) => !fit)
    .map((look) => ({ ...look, checks: look.checks.filter(({ status }) => status === 'missing') }));
  throw new EnvironmentError(looksText(unfit).trimEnd(), {
    remedy:
      'make them fit, or leave them out: --node and --label choose others, `docker node update --availability pause` takes one out',
  });
}

async function make(
  context: CommandContext,
  fleet: Fleet,
  run: Parameters<typeof runFleet>[1],
): Promise<void> {
  try {
    refuseMissing(await runFleet(fleet, run));
  } catch (error) {
    const shards = await readdir(run.home);
    if (shards.length === 0) await rm(run.home, { recursive: true });
    else context.say(`the shards that were made are in ${run.home}: hadrill merge puts them together`);
    throw error;
  } finally {
    await tidy(context, fleet);
  }
}

/** What cannot be removed now is named. */
async function tidy(context: CommandContext, { swarm, id }: Fleet): Promise<void> {
  try {
    const { left_on } = await removeFleet(swarm, id);
    for (const node of left_on)
      context.say(
        `node ${node} does not answer: what this run has there is ended when it is back; then \`hadrill fleet down\` looks for what is left`,
      );
  } catch (error) {
    context.say(`what this run has on the nodes could not be removed: ${messageOf(error)}`);
    context.say('what to do: `hadrill fleet down` when the manager answers again');
  }
}

function runArguments(
  options: FleetRunOptions,
  loaded: readonly LoadedDrill[],
  variables: readonly string[],
): string[] {
  const { trials, seed, profile, keepRecords, image = [], strict } = options;
  return [
    ...[
      'run',
      ...loaded.map(({ drill }) => (drill.shipped ? drill.name : drill.file)),
      '--trials',
      `${trials}`,
      '--seed',
      `${seed}`,
    ],
    ...(profile === undefined ? [] : ['--profile', profile]),
    ...(keepRecords === undefined ? [] : ['--keep-records', `${keepRecords}`]),
    ...variables.flatMap((name) => ['--var', name]),
    ...image.flatMap((choice) => ['--image', choice]),
    ...(strict ? ['--strict'] : []),
  ];
}
