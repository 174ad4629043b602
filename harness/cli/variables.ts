import { InputError, type InputProblem } from '../ground/errors.ts';
import type { Environment } from '../topology/substitute-variables.ts';

/**
 * The variables that `--var` names: `NAME=VALUE`, or `NAME` with the value that the environment has. Of one that is named
 * twice the last counts.
 * @throws InputError with each that is not a name, or that the environment does not have.
 */
export function namedVariables(words: readonly string[], environment: Environment): Record<string, string> {
  const problems: InputProblem[] = [];
  const named: Record<string, string> = {};
  for (const word of words) {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)(?:=(.*))?$/s.exec(word) ?? [];
    const given =
      value ?? (name !== undefined && Object.hasOwn(environment, name) ? environment[name] : undefined);
    if (name === undefined || name === '__proto__') {
      problems.push({
        message: `--var '${word.split('=', 1)[0]}' is not a variable: write NAME=VALUE or NAME`,
      });
    } else if (given === undefined) {
      problems.push({ message: `--var ${name}: the environment has no ${name}; write --var ${name}=VALUE` });
    } else named[name] = given;
  }
  if (problems.length > 0) throw new InputError(problems);
  return named;
}
