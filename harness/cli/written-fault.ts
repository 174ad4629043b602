import { faultProblems, type WrittenFault } from '../drill/fault-problems.ts';
import { InputError } from '../ground/errors.ts';
import type { Topology } from '../topology/topology.ts';

/**
 * A fault as a command line says it, of which all was checked that can be without a lab.
 * @param words `NAME=VALUE` of each option.
 * @throws InputError with everything that is wrong.
 */
export function writtenFault(kind: string, target: string, words: readonly string[]): WrittenFault {
  const written = { kind, target, options: optionsOf(words) };
  requireFit(written);
  return written;
}

/** @throws InputError for what does not fit; of a lab that is up, its topology says which names there are. */
export function requireFit(written: WrittenFault, topology?: Topology): void {
  const problems = faultProblems(written, topology).map(({ message }) => ({ message }));
  if (problems.length > 0) throw new InputError(problems);
}

function optionsOf(words: readonly string[]): Record<string, string> {
  const options = new Map<string, string>();
  for (const word of words) {
    const [name = '', ...value] = word.split('=');
    if (value.length === 0) throw new InputError(`'${word}' is not an option of a fault: write NAME=VALUE`);
    if (options.has(name)) throw new InputError(`the option '${name}' is given twice: give it once`);
    options.set(name, value.join('='));
  }
  return Object.fromEntries(options);
}
