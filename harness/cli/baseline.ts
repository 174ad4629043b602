import type { Drill } from '../drill/drill.ts';
import { cleanLines } from '../ground/clean-text.ts';
import { InputError } from '../ground/errors.ts';
import type { Journal } from '../journal/journal.ts';
import { type Comparison, compareRuns, type Side } from '../report/compare/comparison.ts';
import { comparisonText } from '../report/compare/comparison-text.ts';
import { instrumentOf, requireComparable } from '../report/compare/differences.ts';
import { counterpart, findSides } from '../report/compare/find-sides.ts';

/** The earlier runs that the runs of a command are compared with. */
export class Baseline {
  readonly #sides: ReadonlyMap<Drill, Side>;

  private constructor(sides: ReadonlyMap<Drill, Side>) {
    this.#sides = sides;
  }

  /**
   * Finds the run of each drill before anything is run.
   * @throws InputError when a drill has none, or one that it must not be compared with.
   */
  static async find(folder: string, drills: readonly Drill[]): Promise<Baseline> {
    const found = await findSides(folder);
    const sides = new Map<Drill, Side>();
    for (const drill of drills) {
      const { name, profile, faults, random, probes } = drill;
      const side = counterpart(found, { drill: name, profile });
      if (!side) throw new InputError(`--baseline: there is no run of '${name}' in '${folder}'`);
      const planned = random ? undefined : faults.map(({ kind, target }) => ({ kind, target }));
      requireComparable(instrumentOf(side.journal, side.probes), { drill: name, faults: planned, probes });
      sides.set(drill, side);
    }
    return new Baseline(sides);
  }

  /** The earlier run of a drill. */
  journalOf(drill: Drill): Journal {
    return this.#sides.get(drill)!.journal;
  }

  /** @returns the comparison, and what it says in words. */
  compare(drill: Drill, folder: string, journal: Journal): { comparison: Comparison; text: string } {
    const comparison = compareRuns(this.#sides.get(drill)!, { folder, journal, probes: drill.probes });
    return { comparison, text: comparisonText(cleanLines(comparison)) };
  }
}
