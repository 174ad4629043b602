import type { ShardOfRun } from '../journal/shard.ts';
import type { DrillFault } from './drill.ts';
import type { RunView } from './run-view.ts';

/** Which trials are made, and how. */
export interface TrialsOptions {
  trials: number;
  /** The part of them that is made here; all where it is left out. */
  shard?: ShardOfRun | undefined;
  seed: number;
  /** What trials break instead of what the drill says, by index. */
  replay?: ReadonlyMap<number, readonly DrillFault[]> | undefined;
  signal: AbortSignal;
  onProgress?: (line: string) => void;
  view?: RunView | undefined;
}

/** How many trials are made here. */
export function countOf({ trials, shard }: Pick<TrialsOptions, 'trials' | 'shard'>): number {
  return shard ? shard.last - shard.first + 1 : trials;
}
