import type { InputProblem } from '../../ground/errors.ts';
import type { Pruned } from '../../topology/prune.ts';
import type { YamlPath, YamlSource } from '../../topology/yaml-source.ts';

/** What is wrong with a file of networks or routers beyond its shape, each with its place. */
export class Findings {
  readonly problems: InputProblem[] = [];
  readonly #reported: YamlPath[] = [];
  readonly #source: YamlSource;
  readonly #accepted: Pick<Pruned<unknown>, 'removed'>;

  constructor(source: YamlSource, accepted: Pick<Pruned<unknown>, 'removed'>) {
    this.#source = source;
    this.#accepted = accepted;
  }

  /** @param path in the accepted part of the file. Nothing is reported about what was refused for its shape. */
  report(path: YamlPath, message: string, at: 'key' | 'value' = 'value'): void {
    if (this.isRefused(path)) return;
    this.#reported.push(path);
    this.problems.push({ message, position: this.#source.positionOf(path, at) });
  }

  /**
   * It, or what it is in, was refused for its shape. There are no lists in the file, so paths do not
   * shift.
   */
  isRefused(path: YamlPath): boolean {
    return this.#accepted.removed.some((gone) => gone.every((step, index) => path[index] === step));
  }

  /** It was refused, for whatever reason: what would follow from it would only confuse. */
  isWrong(path: YamlPath): boolean {
    const key = path.join('\0');
    return this.isRefused(path) || this.#reported.some((one) => one.join('\0') === key);
  }

  /** The line of a path, for "already in line 12". */
  lineOf(path: YamlPath): number {
    return this.#source.positionOf(path).line ?? 1;
  }
}
