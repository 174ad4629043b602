import { type ExecResult, execInContainer } from '../engine/exec-in-container.ts';
import { EnvironmentError, InputError, messageOf, UnknownError } from '../ground/errors.ts';
import { type LabTime, parseDurationMs } from '../ground/time.ts';
import type { ChangeTime } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import { waitForEffect } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind, FaultOptions } from '../systems/fault.ts';
import { describeResolved, type ResolvedTarget } from '../systems/resolved-target.ts';

const DEFAULT_TIMEOUT = '10s';
const MOST_TIMEOUT_MS = 60_000;
/** A check is a program of the node's: it costs the machine some. */
const CHECK_PACE_MS = 100;

/** Commands of one's own break something in a node, and heal it: a check script's condition, a track file. */
export const exec: FaultKind = {
  kind: 'exec',
  summary: 'a command of your own breaks something in a node, and another command heals it',
  targets: ['node'],
  options: {
    apply: 'the shell command that breaks it',
    revert: 'the shell command that heals it; it must also succeed when nothing is broken',
    check: 'a shell command that ends with 0 when it is broken',
    check_reverted: 'a shell command that ends with 0 when it is healed',
    timeout: `how long each command, and each check, may take (${DEFAULT_TIMEOUT})`,
    departure: 'abrupt or graceful: how the node then leaves its virtual routers (it stays)',
    stops_forwarding: 'yes or no: whether the node stops forwarding with it (no)',
  },
  checkOptions: (options) => void commandsOf(options),
  prepare: (lab, target, options) => new Exec(lab, target, commandsOf(options)),
};

interface Commands {
  apply: string;
  revert: string;
  check: string | undefined;
  check_reverted: string | undefined;
  timeout_ms: number;
  departure: Fault['departure'];
  stops_forwarding: boolean;
}

/** @throws InputError for what is missing, empty, or not one of the words that there are. */
function commandsOf(options: FaultOptions): Commands {
  const { apply, revert, check, check_reverted, timeout = DEFAULT_TIMEOUT } = options;
  const { departure, stops_forwarding = 'no' } = options;
  for (const name of ['apply', 'revert'] as const)
    if (options[name] === undefined) throw new InputError(`exec needs the option ${name}: a shell command`);
  for (const name of ['apply', 'revert', 'check', 'check_reverted'] as const)
    if (options[name]?.trim() === '') throw new InputError(`the option ${name} of exec is an empty command`);
  const timeout_ms = parseDurationMs(timeout);
  if (timeout_ms <= 0 || timeout_ms > MOST_TIMEOUT_MS)
    throw new InputError(`the timeout of exec is a time up to 60s, such as 500ms or 10s, not '${timeout}'`);
  if (departure !== undefined && departure !== 'abrupt' && departure !== 'graceful')
    throw new InputError(`the departure of exec is abrupt or graceful, not '${departure}'`);
  if (stops_forwarding !== 'yes' && stops_forwarding !== 'no')
    throw new InputError(`stops_forwarding of exec is yes or no, not '${stops_forwarding}'`);
  return {
    apply: apply!,
    revert: revert!,
    check,
    check_reverted,
    timeout_ms,
    departure,
    stops_forwarding: stops_forwarding === 'yes',
  };
}

/** What `sh` of the node runs: `$1`, with the clock read right before and after it, and its output as an error's. */
const TIMED = 'date +%s%N; sh -c "$1" >&2; status=$?; date +%s%N; exit $status';

class Exec implements Fault {
  readonly label: string;
  readonly departure: Fault['departure'];
  readonly stops_forwarding: boolean;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  readonly #node: LabNode;
  readonly #commands: Commands;
  #tried = false;

  constructor(lab: Lab, target: ResolvedTarget, commands: Commands) {
    if (target.form !== 'node') throw new InputError('exec is aimed at a node');
    this.#lab = lab;
    this.#node = lab.node(target.node);
    this.#commands = commands;
    this.victims = [this.#node];
    this.departure = commands.departure;
    this.stops_forwarding = commands.stops_forwarding;
    const args = {
      container_id: this.#node.container_id,
      argv: ['sh', '-c', commands.revert],
      timeout_s: commands.timeout_ms / 1000,
    };
    this.guard = [{ step: 'exec_in_node', args }];
    this.label = `'${shortened(commands.apply)}' on ${describeResolved(target)}`;
  }

  /** The time is that of the command's life, by the node's date(1) where it knows nanoseconds, else by the fabric. */
  async apply(): Promise<ChangeTime> {
    if (this.#node.pid === 0) throw new InputError(`node '${this.#node.name}' does not run`);
    this.#tried = true;
    const from_ns = await this.#now();
    const done = await this.#run(TIMED, this.#commands.apply);
    const until_ns = await this.#now();
    this.#mustSucceed(done, this.#commands.apply);
    return timesOf(done.stdout, this.#lab.agent.epoch_ns) ?? { before_ns: from_ns, after_ns: until_ns };
  }

  verifyApplied(): Promise<Doubt> {
    return this.#look(this.#commands.check, 'check');
  }

  async heal(): Promise<void> {
    if (!this.#tried) return;
    this.#mustSucceed(await this.#run(this.#commands.revert), this.#commands.revert);
  }

  verifyHealed(): Promise<Doubt> {
    return this.#look(this.#commands.check_reverted, 'check_reverted');
  }

  /** By the engine: so it has the powers, the cgroup and the environment of the node, and no others. */
  async #run(...words: string[]): Promise<ExecResult> {
    const [script = '', ...args] = words;
    const argv = ['sh', '-c', script, 'sh', ...args];
    const container = this.#lab.engine.docker.getContainer(this.#node.container_id);
    try {
      return await execInContainer(container, argv, { timeout_ms: this.#commands.timeout_ms });
    } catch (error) {
      throw new EnvironmentError(
        `'${shortened(args[0] ?? script)}' on '${this.#node.name}': ${messageOf(error)}`,
      );
    }
  }

  #mustSucceed({ exit_code, stderr }: ExecResult, command: string): void {
    if (exit_code === 0) return;
    const said = stderr.trim().slice(-500);
    throw new UnknownError(
      `'${shortened(command)}' on '${this.#node.name}' ended with ${exit_code}${said ? `: ${said}` : ''}`,
    );
  }

  async #look(command: string | undefined, option: string): Promise<Doubt> {
    if (command === undefined) return undefined;
    const pace = { timeout_ms: this.#commands.timeout_ms, interval_ms: CHECK_PACE_MS };
    return waitForEffect(async () => {
      const { exit_code, stderr, stdout } = await this.#run(command);
      if (exit_code === 0) return undefined;
      const said = (stderr.trim() || stdout.trim()).slice(-200);
      return `${option} '${shortened(command)}' ends with ${exit_code}${said ? `: ${said}` : ''}`;
    }, pace);
  }

  async #now(): Promise<LabTime> {
    return (await this.#lab.agent.call('hello', {})).now_ns;
  }
}

/** What date(1) said before and after; undefined where it does not know nanoseconds. */
function timesOf(said: string, epoch_ns: bigint): ChangeTime | undefined {
  const words = said.trim().split('\n');
  if (words.length !== 2 || !words.every((word) => /^\d{19}$/.test(word))) return undefined;
  const [before_ns, after_ns] = words.map((word) => Number(BigInt(word) - epoch_ns));
  return { before_ns: before_ns!, after_ns: after_ns! };
}

function shortened(command: string): string {
  const line = command.replaceAll(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
