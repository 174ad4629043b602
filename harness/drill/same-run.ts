import { isDeepStrictEqual } from 'node:util';
import { InputError } from '../ground/errors.ts';
import type { RunFacts } from '../journal/run-facts.ts';
import type { ShardRun } from './find-shards.ts';

/** What must be the same in all shards of a run: everything but the machine and the moment. */
const SAME: readonly { what: string; of(run: RunFacts): unknown }[] = [
  { what: 'seed', of: ({ seed }) => seed },
  { what: 'number of trials', of: ({ shard, trials_asked }) => shard?.trials ?? trials_asked },
  // Where nothing was noted of the lab itself, its file's name must do.
  { what: 'topology', of: ({ layout, topology }) => layout ?? topology },
  { what: 'files of the drill and its topology', of: ({ command }) => digestOf(command) },
  { what: 'variables', of: ({ command }) => command?.environment },
  { what: 'chosen images', of: ({ command }) => command?.images },
  { what: 'probes', of: ({ probes }) => probes },
  { what: 'holds', of: ({ hold }) => hold },
  { what: 'expectations', of: ({ expect }) => expect },
  { what: 'scale of timers', of: ({ scale }) => scale },
  { what: 'images', of: ({ environment }) => environment.images },
  { what: 'versions of daemons', of: ({ environment }) => environment.versions },
];

/** @throws InputError with all that is not the same in shards of one run. */
export function refuseDifferent(shards: readonly ShardRun[]): void {
  const [first, ...others] = shards.filter(hasBegun);
  if (!first) return;
  const problems = others.flatMap(({ folder, run }) =>
    SAME.filter(({ of }) => !isDeepStrictEqual(of(first.run), of(run))).map(({ what, of }) => ({
      message: `shards of different runs can't be merged: other ${what} than in ${first.folder}${words(of(first.run), of(run))}`,
      position: { file: folder },
    })),
  );
  if (problems.length > 0) throw new InputError(problems);
}

/** Images and versions are known once the lab is up. */
function hasBegun({ results }: ShardRun): boolean {
  return results.length > 0;
}

/** Digests with the salt of a drill can be compared with each other. */
function digestOf(command: RunFacts['command']): unknown {
  const { salt, digest } = command?.files ?? {};
  return { salt, digest };
}

/** Both, where they are short. */
function words(...values: unknown[]): string {
  const [first, other] = values.map((value) => JSON.stringify(value));
  return first !== undefined && other !== undefined && first.length + other.length < 200
    ? `: ${other} instead of ${first}`
    : '';
}
