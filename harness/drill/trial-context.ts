import type { AccidentWatch } from '../lab/accident-watch.ts';
import type { Lab } from '../lab/lab.ts';
import type { LoadedSystems } from '../systems/load-systems.ts';
import type { Drill } from './drill.ts';
import type { Note } from './inject.ts';
import type { RunView } from './run-view.ts';

/** What a trial is made with, and where its records go. */
export interface TrialContext {
  lab: Lab;
  /** Notices what others do to the lab. */
  watch: AccidentWatch;
  drill: Drill;
  /** What the topology gives its systems under test. */
  systems: LoadedSystems;
  /** Where in the pause of the systems under test the fault falls, 0 to 1. */
  phase: number;
  note: Note;
  signal: AbortSignal | undefined;
  onProgress: (line: string) => void;
  /** Who watches; left out where nobody does. */
  view?: RunView | undefined;
  keepRecord: (name: string, content: Uint8Array) => void;
  /** The same for what is large: it comes in pieces. */
  keepPieces: (name: string, pieces: AsyncIterable<Uint8Array>) => Promise<void>;
}
