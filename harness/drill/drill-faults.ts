import { faultKind, unknownOptions } from '../faults/registry.ts';
import { InputError, type InputProblem } from '../ground/errors.ts';
import { type TargetForm, targetForm } from '../systems/resolved-target.ts';
import { checkTarget, parseTarget } from '../systems/roles.ts';
import type { Topology } from '../topology/topology.ts';
import type { YamlPath, YamlSource } from '../topology/yaml-source.ts';
import type { DrillFault } from './drill.ts';
import type { DrillFile } from './drill-schema.ts';

const DEFAULT_AFTER_MS = 1000;

/** What the schema cannot say: exactly one of `fault` and `faults`, and no pause before the first. */
export function checkFaultsShape(source: YamlSource): InputProblem[] {
  const { data } = source;
  if (!data) return [];
  const problems: InputProblem[] = [];
  const report = (message: string, path: YamlPath) =>
    problems.push({ message, position: source.positionOf(path, 'key') });
  if (data.fault === undefined && data.faults === undefined)
    report("missing key 'fault': expected what is broken, one 'fault' or a list 'faults'", []);
  if (data.fault !== undefined && data.faults !== undefined)
    report("a drill has either 'fault' or 'faults', not both", ['faults']);
  const first: unknown = Array.isArray(data.faults) ? data.faults[0] : undefined;
  if (first instanceof Object && 'after' in first)
    report("the first fault follows none: 'after' is for the later ones", ['faults', 0, 'after']);
  return problems;
}

/** The faults of a file that has been checked. */
export function readFaults({ fault, faults }: DrillFile): DrillFault[] {
  const said: NonNullable<DrillFile['faults']> = faults ?? (fault ? [fault] : []);
  return said.map(({ kind, target, options = {}, after = DEFAULT_AFTER_MS, heal }, at) => ({
    kind,
    target,
    options,
    after_ms: at === 0 ? 0 : after,
    ...(heal === undefined ? {} : { heal_ms: heal }),
  }));
}

/** What is wrong with the faults' targets and options, each with its place in the file. */
export function checkFaults(
  faults: readonly DrillFault[],
  topology: Topology,
  source: YamlSource,
): InputProblem[] {
  return faults.flatMap((fault, at) => {
    const path: YamlPath = source.data?.fault === undefined ? ['faults', at] : ['fault'];
    const unknown = unknownOptions(faultKind(fault.kind), fault.options);
    return [
      ...messagesOf(() => checkAim(fault, topology)).map((message) => ({ message, key: ['target'] })),
      ...messagesOf(() => checkOptions(fault)).map((message) => ({ message, key: ['options'] })),
      ...unknown.map(({ name, message }) => ({ message, key: ['options', name] })),
    ].map(({ message, key }) => ({ message, position: source.positionOf([...path, ...key]) }));
  });
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
