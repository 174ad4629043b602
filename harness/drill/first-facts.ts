import { createHash } from 'node:crypto';
import { loadavg } from 'node:os';
import path from 'node:path';
import type { Engine } from '../engine/connect.ts';
import { describeEngine } from '../engine/describe-engine.ts';
import { filesDigest } from '../ground/files-digest.ts';
import { rfc3339FromEpochNs } from '../ground/time.ts';
import type { KeepRecords } from '../journal/run-command.ts';
import { RUN_FACTS_SCHEMA, type RunFacts } from '../journal/run-facts.ts';
import type { ShardOfRun } from '../journal/shard.ts';
import { layoutOf } from './layout-of.ts';
import type { LoadedDrill } from './load-drill.ts';
import { DEFAULT_KEEP_RECORDS } from './record-keeper.ts';

interface FactsOptions {
  trials: number;
  shard?: ShardOfRun | undefined;
  seed: number;
  jobs?: number | undefined;
  /** The engines, as the user gave them; left out where it is the one of the environment. */
  list?: string | undefined;
  out: string;
  /** Folder of the run that is replayed. */
  replay_of?: string | undefined;
  keep_records?: KeepRecords;
  /** Which cell of a matrix it is of. */
  cell?: string | undefined;
}

/**
 * What is known of a run before its lab is built: all of its facts but the digests of the images and the versions of the
 * daemons, which `TrialLog.madeOn` adds.
 * @throws what the engine throws when it does not answer.
 */
export async function firstFacts(
  engine: Engine,
  { drill, systems, files, topology }: Pick<LoadedDrill, 'drill' | 'systems' | 'files' | 'topology'>,
  options: FactsOptions,
): Promise<RunFacts> {
  const { info } = engine;
  const { scale } = systems;
  const { shard, jobs = 1 } = options;
  const { machine, cpus } = await describeEngine(engine);
  return {
    schema: RUN_FACTS_SCHEMA,
    drill: drill.name,
    topology: drill.topology,
    profile: drill.profile,
    seed: options.seed,
    started_at: rfc3339FromEpochNs(BigInt(Date.now()) * 1_000_000n),
    environment: {
      kernel: info.kernel,
      engine: `${info.name} ${info.version}`,
      ...(machine === undefined ? {} : { machine }),
      cpus,
      load: loadavg(),
      images: {},
      versions: {},
    },
    command: {
      drill: drill.shipped ? drill.name : drill.file,
      out: path.resolve(options.out),
      ...(jobs > 1 ? { jobs } : {}),
      ...(options.list === undefined ? {} : { engines: options.list }),
      ...(options.replay_of === undefined ? {} : { replay_of: path.resolve(options.replay_of) }),
      environment: drill.environment,
      ...(drill.images === undefined ? {} : { images: drill.images }),
      ...(options.cell === undefined ? {} : { cell: options.cell }),
      keep_records: options.keep_records ?? DEFAULT_KEEP_RECORDS,
      files: filesDigest(files, saltOf(drill.name)),
    },
    ...(scale.length > 0 ? { scale: [...scale] } : {}),
    layout: layoutOf(topology),
    probes: drill.probes,
    hold: drill.hold,
    expect: drill.expect,
    trials_asked: shard ? shard.last - shard.first + 1 : options.trials,
    ...(shard ? { shard } : {}),
  };
}

/** The same for all runs of a drill, so that it shows whether two were made with the same files. */
function saltOf(drill: string): string {
  return createHash('sha256').update(`files of ${drill}`).digest('hex').slice(0, 32);
}
