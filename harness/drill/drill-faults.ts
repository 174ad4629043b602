import { faultKind } from '../faults/registry.ts';
import type { FaultImage } from '../faults/require-images.ts';
import type { InputProblem } from '../ground/errors.ts';
import type { Topology } from '../topology/topology.ts';
import type { YamlPath, YamlSource } from '../topology/yaml-source.ts';
import type { Drill, DrillFault } from './drill.ts';
import type { DrillFile } from './drill-schema.ts';
import { faultProblems } from './fault-problems.ts';
import { faultsOf } from './fault-schedule.ts';

/** Where a drill says what is broken: one of these. */
const PLACES = ['fault', 'faults', 'random'] as const;
const DEFAULT_PAUSE = { low: 1000, high: 1000 };

/** What the schema cannot say: exactly one of `fault`, `faults` and `random`, and no pause before the first. */
export function checkFaultsShape(source: YamlSource): InputProblem[] {
  const { data } = source;
  if (!data) return [];
  const problems: InputProblem[] = [];
  const report = (message: string, path: YamlPath) =>
    problems.push({ message, position: source.positionOf(path, 'key') });
  const [place, ...more] = PLACES.filter((key) => data[key] !== undefined);
  if (place === undefined)
    report("missing key 'fault': expected what is broken, one 'fault', a list 'faults', or 'random'", []);
  for (const other of more) report(`a drill has either '${place}' or '${other}', not both`, [other]);
  const first: unknown = Array.isArray(data.faults) ? data.faults[0] : undefined;
  if (first instanceof Object && 'after' in first)
    report("the first fault follows none: 'after' is for the later ones", ['faults', 0, 'after']);
  return problems;
}

/** The faults of a file that has been checked. */
export function readFaults({ fault, faults, random }: DrillFile): Pick<Drill, 'faults' | 'random'> {
  if (!random) return { faults: faultsOf(faults ?? (fault ? [fault] : [])) };
  const { count, pause = DEFAULT_PAUSE } = random;
  return {
    faults: random.faults.map(({ kind, target, options = {} }, entry) => ({
      ...{ kind, target, options, entry, after_ms: 0 },
    })),
    random: {
      count,
      pause_ms: pause,
      each: random.faults.map(({ weight, for: for_ms }) => ({ weight, ...(for_ms ? { for_ms } : {}) })),
    },
  };
}

/** What is wrong with the faults' targets and options, each with its place in the file. */
export function checkFaults(
  faults: readonly DrillFault[],
  topology: Topology,
  source: YamlSource,
): InputProblem[] {
  // What is applied several times is checked once.
  return distinctEntries(faults).flatMap((fault) => {
    const path = placeOf(fault, source);
    return faultProblems(fault, topology).map(({ message, key }) => ({
      message,
      position: source.positionOf([...path, ...key]),
    }));
  });
}

/** The images that faults have nodes run, each with its place in the file. */
export function imagesOfFaults(faults: readonly DrillFault[], source: YamlSource): FaultImage[] {
  return distinctEntries(faults).flatMap((fault) => {
    const { kind, options } = fault;
    const position = source.positionOf([...placeOf(fault, source), 'options', 'image']);
    return (faultKind(kind).images?.(options) ?? []).map((image) => ({ image, kind, position }));
  });
}

function distinctEntries(faults: readonly DrillFault[]): DrillFault[] {
  return [...new Map(faults.map((fault) => [fault.entry, fault])).values()].toSorted(
    (a, b) => a.entry - b.entry,
  );
}

function placeOf({ entry }: DrillFault, { data }: YamlSource): YamlPath {
  if (data?.random !== undefined) return ['random', 'faults', entry];
  return data?.fault === undefined ? ['faults', entry] : ['fault'];
}
