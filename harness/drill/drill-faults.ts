import { faultKind, unknownOptions } from '../faults/registry.ts';
import { InputError, type InputProblem } from '../ground/errors.ts';
import { type TargetForm, targetForm } from '../systems/resolved-target.ts';
import { checkTarget, parseTarget } from '../systems/roles.ts';
import type { Topology } from '../topology/topology.ts';
import type { YamlPath, YamlSource } from '../topology/yaml-source.ts';
import type { Drill, DrillFault } from './drill.ts';
import type { DrillFile } from './drill-schema.ts';
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
    const unknown = unknownOptions(faultKind(fault.kind), fault.options);
    return [
      ...messagesOf(() => checkAim(fault, topology)).map((message) => ({ message, key: ['target'] })),
      ...messagesOf(() => checkOptions(fault)).map((message) => ({ message, key: ['options'] })),
      ...unknown.map(({ name, message }) => ({ message, key: ['options', name] })),
    ].map(({ message, key }) => ({ message, position: source.positionOf([...path, ...key]) }));
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

/** Of a target that cannot be read nothing more is said. */
function checkOptions({ kind, target, options }: DrillFault): void {
  let form: TargetForm;
  try {
    form = targetForm(parseTarget(target));
  } catch {
    return;
  }
  faultKind(kind).checkOptions?.(options, form);
}

function checkAim({ kind: name, target: text }: DrillFault, topology: Topology): void {
  const kind = faultKind(name);
  const target = parseTarget(text);
  const form = targetForm(target);
  if (!kind.targets.includes(form))
    throw new InputError(
      `${kind.kind} cannot be aimed at a ${form}; it takes a ${kind.targets.join(' or a ')}`,
    );
  const problems = checkTarget(target, topology);
  if (problems.length > 0) throw new InputError(problems);
}

/** What an InputError says that a check throws. */
function messagesOf(check: () => void): string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems.map((problem) => problem.message);
    throw error;
  }
}
