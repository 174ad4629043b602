import path from 'node:path';
import { attemptFolder } from '../analysis/rebuild-journal.ts';
import { faultPhase } from './fault-phases.ts';
import type { Measured } from './measure-options.ts';
import type { RunFolder } from './run-folder.ts';
import type { TrialContext } from './trial-context.ts';

export interface MeasureOptions extends Measured {
  /** What reports call it; default: the topology's name. */
  name?: string;
  /** Folder for results; default: `results`. */
  out?: string;
  /** Sets where in an interval of the protocol the first fault falls; default: a fresh one. */
  seed?: number;
  /** Ends the waiting; what is broken is healed when the trial is disposed of. */
  signal?: AbortSignal;
  onProgress?: (line: string) => void;
}

/** A trial by hand is the only one of its run. */
export const HAND_INDEX = 1;

/** What such a trial is made with. */
export function handContext(
  {
    folder,
    seed,
    ...parts
  }: Pick<TrialContext, 'lab' | 'watch' | 'drill' | 'systems'> & { folder: RunFolder; seed: number },
  { signal, onProgress = () => undefined }: MeasureOptions,
): TrialContext {
  const keep = (file: string) => path.join(attemptFolder(HAND_INDEX), file);
  return {
    ...parts,
    signal: AbortSignal.any([parts.watch.signal, folder.lost, ...(signal ? [signal] : [])]),
    phase: faultPhase({ seed, drill: parts.drill.name, trials: 1 }, HAND_INDEX, 0),
    onProgress,
    note: (event, details) => folder.note(event, details),
    keepRecord: (file, content) => folder.writeRecord(keep(file), content),
    keepPieces: (file, pieces) => folder.writePieces(keep(file), pieces),
  };
}
