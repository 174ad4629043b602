import { InputError } from '../ground/errors.ts';
import { changedSince } from '../ground/files-digest.ts';
import type { FaultRecord, Journal } from '../journal/journal.ts';
import type { Drill, DrillFault } from './drill.ts';

/** How a run is made again: what `hadrill run` was given, and what each trial broke. */
export interface Replay {
  /** As `hadrill run` takes it. */
  drill: string;
  profile: string;
  trials: number;
  seed: number;
  /** Variables that were named for it; of a secret the name alone, its value is the environment's. */
  variables: string[];
  /** As `--image` has them. */
  images: string[];
  journal: Journal;
  /** What became of its files since, for people; undefined where they are the same, or that is not known. */
  changed: string | undefined;
}

/**
 * What a run's journal says of how it was made.
 * @param folder for messages.
 * @throws InputError for a run that nothing repeats: of a program, of a shard, without a fault.
 */
export function replayOf(journal: Journal, folder: string): Replay {
  const { command, profile, seed, trials, trials_asked } = journal;
  const refuse = (message: string) => {
    throw new InputError([{ message: `this run can't be replayed: ${message}`, position: { file: folder } }]);
  };
  if (journal.by_program || !command) return refuse('a program made it; run that program again');
  if (journal.shard)
    return refuse('it is a part of a run; replay the run that `hadrill merge` makes of all parts');
  if (trials.every(({ faults }) => faults.length === 0)) return refuse('none of its trials broke anything');
  return {
    ...{
      drill: command.drill,
      profile,
      seed,
      journal,
      changed: command.files && changedSince(command.files),
    },
    trials: trials_asked ?? trials.length,
    variables: Object.entries(command.environment).map(([name, value]) =>
      value === null ? name : `${name}=${value}`,
    ),
    images: Object.entries(command.images ?? {}).map(([name, other]) => `${name}=${other}`),
  };
}

/**
 * What each trial of a run broke, by index: the same kinds, options and times, aimed at the nodes that the targets
 * were then. A trial that broke nothing, or was not made, has none: it is made as its drill says.
 * @throws InputError where the records do not say which entry of the drill a fault was, or the drill has another now.
 */
export function replayedFaults({ trials }: Pick<Journal, 'trials'>, drill: Drill): Map<number, DrillFault[]> {
  const broken = trials.filter(({ faults }) => faults.length > 0);
  return new Map(
    broken.map(({ index, faults }) => [index, faults.map((one) => replayed(one, drill, index))]),
  );
}

function replayed(record: FaultRecord, { faults, file }: Drill, index: number): DrillFault {
  const { kind, target, resolved, planned } = record;
  const what = `trial ${index} of the run broke ${kind} of ${target}`;
  if (!planned)
    throw new InputError(`${what}, and does not say how that was planned: hadrill did not note it then`);
  const entry = faults.find((one) => one.entry === planned.entry);
  if (entry?.kind !== kind || entry.target !== target)
    throw new InputError([
      { message: `${what}, which this drill does not have any more`, position: { file } },
    ]);
  const { drawn: _, ...times } = planned;
  return { kind, target: targetOf(resolved), options: entry.options, ...times, replayed: true };
}

/** `host:node1 (r1)` names the host and lists its nodes. */
function targetOf(resolved: string): string {
  return resolved.replace(/ \(.*\)$/s, '');
}
