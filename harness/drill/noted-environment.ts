import type { Environment } from '../topology/substitute-variables.ts';

/** Names of variables whose values are not kept. */
const SECRET = /pass|secret|token|credential|key/i;

/** An environment that notes which of its variables a file was given. */
export class NotedEnvironment {
  readonly env: Environment;
  readonly #given = new Set<string>();

  constructor(env: Environment) {
    const given = this.#given;
    this.env = new Proxy(
      { ...env },
      {
        // Substitution looks a variable up as an own property, so that `toString` is none.
        getOwnPropertyDescriptor(target, name) {
          if (typeof name === 'string' && Object.hasOwn(target, name)) given.add(name);
          return Reflect.getOwnPropertyDescriptor(target, name);
        },
      },
    );
  }

  /** Those that were given, with their values; null for one whose name says that it is a secret. */
  given(): Record<string, string | null> {
    const names = [...this.#given].sort();
    return Object.fromEntries(
      names.map((name) => [name, SECRET.test(name) ? null : (Reflect.get(this.env, name) ?? null)]),
    );
  }
}
