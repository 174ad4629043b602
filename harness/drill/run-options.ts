import type { Journal } from '../journal/journal.ts';
import type { KeepRecords } from '../journal/run-command.ts';
import type { ShardOfRun } from '../journal/shard.ts';
import type { Lab } from '../lab/lab.ts';
import type { DrillFault } from './drill.ts';
import type { RunView } from './run-view.ts';

/** What a run is asked for. */
export interface RunOptions {
  trials: number;
  /** The part of them that is made here; all where it is left out. */
  shard?: ShardOfRun | undefined;
  seed: number;
  /** In how many labs trials are made at the same time; 1 where it is left out. */
  jobs?: number | undefined;
  /** What trials break instead of what the drill says, by index: those of a run that is replayed. */
  replay?: ReadonlyMap<number, readonly DrillFault[]> | undefined;
  /** Folder of that run. */
  replay_of?: string | undefined;
  /** Folder for results. */
  out: string;
  /** Leave the lab up afterwards. */
  keep: boolean;
  /** A lab of the same topology that is up: the trials are made in it, and it is ended with the run. */
  in_lab?: Lab | undefined;
  /** A lab that is whole after the trials stays up and connected, for another run: `RunResult.handed_on`. */
  hand_on?: boolean | undefined;
  /** Whose captures and probe records are kept; those of the first 100 trials of each verdict by default. */
  keep_records?: KeepRecords;
  /** Which cell of a matrix it is of. */
  cell?: string | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: (line: string) => void;
  /** Who watches what is being done, for a live view. @internal */
  view?: RunView | undefined;
}

export interface RunResult {
  journal: Journal;
  /** Folder with the journal and the raw records. */
  folder: string;
  /** Name of the lab, when it was kept. */
  lab: string | undefined;
  /** The lab, where it was to be handed on and is whole: whoever has it must end it. */
  handed_on?: Lab;
  /** What may be left of its labs, for people: one sentence each. */
  left: readonly string[];
}
