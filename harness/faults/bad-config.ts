import { InputError } from '../ground/errors.ts';
import type { ChangeTime } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab } from '../lab/lab.ts';
import { signalName } from '../lab/signals.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import type { FaultKind, FaultOptions } from '../systems/fault.ts';
import type { ResolvedTarget } from '../systems/resolved-target.ts';
import { KeptChange } from './kept-change.ts';
import { NamedProcesses } from './named-processes.ts';

const DEFAULT_LINE = 'this line is a mistake {';

/** A file of a daemon gets a wrong line, and the daemon is told to read it again. */
export const badConfig: FaultKind = {
  kind: 'bad-config',
  summary: 'a file of a process gets a wrong line, and the process is told to read it again',
  targets: ['process'],
  options: {
    file: 'an absolute path in the node',
    line: `what is added at its end (${DEFAULT_LINE})`,
    signal: 'what has the process read its files again (SIGHUP)',
  },
  checkOptions: (options) => void mistakeOf(options),
  prepare: (lab, target, options) => new BadConfig(lab, target, mistakeOf(options)),
};

interface Mistake {
  file: string;
  line: string;
  signal_name: string;
}

/** @throws InputError for what is missing or is not one line. */
function mistakeOf({ file, line = DEFAULT_LINE, signal = 'SIGHUP' }: FaultOptions): Mistake {
  if (file === undefined)
    throw new InputError('bad-config needs the option file: an absolute path in the node');
  if (!file.startsWith('/') || file.endsWith('/'))
    throw new InputError(`the file of bad-config is an absolute path in the node, not '${file}'`);
  if (line.includes('\n') || line.trim() === '')
    throw new InputError('the line of bad-config is one line that is not empty');
  return { file, line, signal_name: signalName(signal) };
}

class BadConfig extends KeptChange {
  readonly #processes: NamedProcesses;
  readonly #mistake: Mistake;
  #before: string | undefined;
  #told = 0;

  /** @throws InputError when the target is not a process. */
  constructor(lab: Lab, target: ResolvedTarget, mistake: Mistake) {
    if (target.form !== 'process') throw new InputError('bad-config is aimed at a process: NODE/PROCESS');
    const what = `mistake in ${mistake.file} of ${target.process} on ${target.node}`;
    super(lab, lab.node(target.node), what);
    this.#processes = new NamedProcesses(lab, target);
    this.#mistake = mistake;
  }

  override get guard(): readonly GuardStep[] {
    return [...super.guard, ...this.#processes.guard];
  }

  /** @throws InputError listing what does run, when no process has that name. */
  async apply(): Promise<ChangeTime> {
    await this.#processes.require();
    this.#before = await this.#content();
    const { container_id, pid } = this.node;
    const { file: path, line, signal_name } = this.#mistake;
    const args = { key: this.key, container_id, pid, path, line, name: this.#processes.name, signal_name };
    const done = await this.lab.agent.call('spoil_file', args);
    this.#told = done.processes.length;
    return done;
  }

  /** What the process makes of it is its own affair: it may refuse the file, take part of it, or end. */
  async verifyApplied(): Promise<Doubt> {
    const { file: path, line, signal_name } = this.#mistake;
    if (this.#told === 0)
      return `${this.#processes.name} does not handle ${signal_name}: it read nothing again`;
    const is_there = await this.lab.agent.call('file_ends_with', { pid: this.node.pid, path, line });
    return is_there ? undefined : `${path} does not end with the line`;
  }

  override async heal(): Promise<void> {
    await super.heal();
    if (this.#before !== undefined) await this.#processes.restore();
  }

  async verifyHealed(): Promise<Doubt> {
    if (this.#before === undefined) return undefined;
    if ((await this.#content()) !== this.#before) return `${this.#mistake.file} is not as before`;
    return this.#processes.missing();
  }

  #content(): Promise<string> {
    return this.lab.agent.call('read_node_file', { pid: this.node.pid, path: this.#mistake.file });
  }
}
