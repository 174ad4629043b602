import { InputError } from '../ground/errors.ts';
import type { ChangeTime } from '../lab/agent-shapes.ts';
import type { Lab } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import type { FaultOptions } from '../systems/fault.ts';
import type { ResolvedTarget } from '../systems/resolved-target.ts';
import { KeptChange } from './kept-change.ts';

/** Of `disk-full` and `read-only-fs`. */
export const limitOptions = {
  path: 'an absolute path of a folder in the node, without links',
  open: 'refuse or keep: what about files in it that are open for writing, which can be written on (refuse)',
};

/** @throws InputError for what is missing or does not fit. */
export function limitedFolder(kind: string, { path, open = 'refuse' }: FaultOptions) {
  if (path === undefined) throw new InputError(`${kind} needs the option path: a folder in the node`);
  if (!/^(?:\/[^\s/\\]+)+$/.test(path) || path.split('/').some((part) => part === '.' || part === '..'))
    throw new InputError(
      `the path of ${kind} is that of a folder below /, such as /var/lib/misc, not '${path}'`,
    );
  if (open !== 'refuse' && open !== 'keep')
    throw new InputError(`open of ${kind} is refuse or keep, not '${open}'`);
  return { path, keep: open === 'keep' };
}

/** A folder in which nothing new can be written. What is open for writing there can be written on. */
export class LimitedFolder extends KeptChange {
  readonly #how: 'read-only' | 'full';
  readonly #kind: string;
  readonly #error: string;
  readonly #path: string;
  readonly #keep: boolean;
  #applied = false;

  /** @throws InputError when the target is not a node. @param wanted.error what a program that writes there gets. */
  constructor(
    lab: Lab,
    target: ResolvedTarget,
    { kind, how, error }: { kind: string; how: 'read-only' | 'full'; error: string },
    options: FaultOptions,
  ) {
    if (target.form !== 'node') throw new InputError(`${kind} is aimed at a node`);
    const { path, keep } = limitedFolder(kind, options);
    super(lab, lab.node(target.node), `${kind} of ${path} on ${target.node}`);
    this.#kind = kind;
    this.#how = how;
    this.#error = error;
    this.#path = path;
    this.#keep = keep;
  }

  /** @throws InputError when the node is down, nothing can be written anyway, or a file there is open for writing. */
  async apply(): Promise<ChangeTime> {
    this.requireRunning();
    const before = await this.#try();
    if (before !== 'written')
      throw new InputError(
        `nothing can be written to ${this.#path} on '${this.node.name}' as it is: ${before}`,
      );
    if (!this.#keep) await this.#requireNoWriters();
    this.#applied = true;
    const { pid } = this.node;
    return this.lab.agent.call('limit_folder', { key: this.key, pid, path: this.#path, how: this.#how });
  }

  async verifyApplied(): Promise<Doubt> {
    const now = await this.#try();
    return now === this.#error
      ? undefined
      : `a file in ${this.#path} is ${now}, not refused with ${this.#error}`;
  }

  /** A node that was started again has its folder. */
  async verifyHealed(): Promise<Doubt> {
    if (!this.#applied || this.node.pid === 0) return undefined;
    const now = await this.#try();
    return now === 'written' ? undefined : `${this.#path} still cannot be written: ${now}`;
  }

  async #requireNoWriters(): Promise<void> {
    const args = { container_id: this.node.container_id, path: this.#path };
    const [first, ...others] = await this.lab.agent.call('folder_writers', args);
    if (first === undefined) return;
    const more = others.length > 0 ? `, and ${others.length} more` : '';
    throw new InputError(
      `${this.#kind} of ${this.#path} on '${this.node.name}' does not reach what is open for writing: ${first}${more}`,
      {
        remedy:
          'open=keep breaks it for what is opened from then on; a restart of the process makes it open its files again',
      },
    );
  }

  #try(): Promise<string> {
    return this.lab.agent.call('try_folder', { pid: this.node.pid, path: this.#path });
  }
}
