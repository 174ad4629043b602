import { faultKind, unknownOptions } from '../faults/registry.ts';
import { InputError } from '../ground/errors.ts';
import type { FaultKind, FaultOptions } from '../systems/fault.ts';
import { targetForm } from '../systems/resolved-target.ts';
import { checkTarget, parseTarget } from '../systems/roles.ts';
import type { Target } from '../topology/targets.ts';
import type { Topology } from '../topology/topology.ts';

/** A fault as it is written, in a drill or on the command line. */
export interface WrittenFault {
  kind: string;
  target: string;
  options: FaultOptions;
}

/** One thing that is wrong with a fault, and which part of it that is. */
export interface FaultProblem {
  message: string;
  key: ['target'] | ['options'] | ['options', string];
}

/**
 * What of a fault can be known to be wrong without a lab.
 * @param topology left out where it is not known yet: then nothing is said of names.
 * @throws InputError for a kind that there is not.
 */
export function faultProblems(fault: WrittenFault, topology?: Topology): FaultProblem[] {
  const kind = faultKind(fault.kind);
  const aim: FaultProblem[] = [];
  const target = caught(() => parseTarget(fault.target), aim, 'target');
  if (target) caught(() => checkAim(kind, fault.target, target, topology), aim, 'target');
  const options: FaultProblem[] = [];
  // Of a target that cannot be read nothing more is said.
  if (target) caught(() => kind.checkOptions?.(fault.options, targetForm(target)), options, 'options');
  if (target && topology && aim.length === 0 && options.length === 0)
    caught(() => kind.checkNames?.(fault.options, target, topology), options, 'options');
  const unknown = unknownOptions(kind, fault.options);
  return [
    ...aim,
    ...options,
    ...unknown.map(({ name, message }): FaultProblem => ({ message, key: ['options', name] })),
  ];
}

function checkAim(kind: FaultKind, text: string, target: Target, topology: Topology | undefined): void {
  const form = targetForm(target);
  if (!kind.targets.includes(form))
    throw new InputError(
      `${kind.kind} cannot be aimed at '${text}', a ${form}; it takes a ${kind.targets.join(' or a ')}`,
    );
  const problems = topology ? checkTarget(target, topology) : [];
  if (problems.length > 0) throw new InputError(problems);
}

/** What a check gives; what its InputError says is noted instead. */
function caught<T>(check: () => T, problems: FaultProblem[], key: 'target' | 'options'): T | undefined {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems.push(...error.problems.map(({ message }): FaultProblem => ({ message, key: [key] })));
    return undefined;
  }
}
