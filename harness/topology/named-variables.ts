import { InputError, type InputProblem } from '../ground/errors.ts';
import { keepSecret } from '../ground/mask-secrets.ts';
import { didYouMean } from '../ground/near-name.ts';
import { isSecretName } from '../ground/secret-names.ts';
import type { Environment } from './substitute-variables.ts';

/**
 * The variables that somebody gave values for files, and which of them the files asked for. Secret ones are masked
 * wherever they are shown. The environment of this
 * process is none of it: a file of others must not be able to take what was not named from there.
 */
export class NamedVariables {
  /** What files are read with. */
  readonly env: Environment;
  readonly #values: Environment;
  readonly #asked = new Set<string>();

  constructor(values: Environment) {
    this.#values = { ...values };
    for (const [name, value] of Object.entries(values)) if (value && isSecretName(name)) keepSecret(value);
    const asked = this.#asked;
    this.env = new Proxy(this.#values, {
      // Substitution looks a variable up as an own property, so that `toString` is none.
      getOwnPropertyDescriptor(target, name) {
        if (typeof name === 'string') asked.add(name);
        return Reflect.getOwnPropertyDescriptor(target, name);
      },
    });
  }

  /** Every name that a file asked for, whether it had a value or not. */
  asked(): string[] {
    return [...this.#asked].sort();
  }

  /** Those that were given, with their values; null for one whose name says that it is a secret. */
  given(): Record<string, string | null> {
    const given = this.asked().filter((name) => Object.hasOwn(this.#values, name));
    return Object.fromEntries(
      given.map((name) => [name, isSecretName(name) ? null : (this.#values[name] ?? null)]),
    );
  }

  /**
   * Variables of the files that are set in the environment, and were not taken from there: a note each, because
   * containerlab takes them.
   * @param environment that of this process; only its names count.
   */
  overlooked(file: string, environment: Environment): InputProblem[] {
    return this.asked()
      .filter((name) => !Object.hasOwn(this.#values, name) && Object.hasOwn(environment, name))
      .map((name) => ({
        message: `variable '${name}' is set in the environment, and not taken from there: --var ${name} takes it`,
        position: { file },
      }));
  }
}

/**
 * Refuses variables that were named by the user and that no file asks for: a slip, and the lab would be another one.
 * @throws InputError
 */
export function refuseUnasked(named: Environment, asked: readonly string[]): void {
  const problems = Object.keys(named)
    .filter((name) => !asked.includes(name))
    .map((name) => {
      const known = asked.length > 0 ? `; they have ${[...new Set(asked)].sort().join(', ')}` : '';
      return {
        message: `no file has the variable '${name}' that was given${didYouMean(name, asked)}${known}`,
      };
    });
  if (problems.length > 0) throw new InputError(problems);
}
