import type { Lab } from '../lab/lab.ts';
import { AgentProgram, type Program } from './agent-program.ts';

/** The programs of a probe, each in the network namespace of its node, by names that are unique in the lab. */
export class ProgramGroup {
  readonly #lab: Lab;
  readonly #programs = new Map<string, AgentProgram>();

  private constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** Starts them in order, each until it says that it is ready; leaves none behind if one is not. */
  static async start(
    lab: Lab,
    programs: readonly (Program & { name: string })[],
    timeout_s: number,
  ): Promise<ProgramGroup> {
    const group = new ProgramGroup(lab);
    try {
      for (const program of programs) await group.#start(program, timeout_s);
    } catch (error) {
      await group.end();
      throw error;
    }
    return group;
  }

  ask(name: string, request: object): Promise<Record<string, unknown>> {
    return this.#named(name).ask(request);
  }

  /** Ends one of them in good order and reads the records that it wrote. */
  finish(name: string): Promise<Buffer> {
    return this.#named(name).finish();
  }

  /** Ends what still runs of them. */
  async end(): Promise<void> {
    for (const program of this.#programs.values()) await program.end();
  }

  async #start({ name, ...program }: Program & { name: string }, timeout_s: number): Promise<void> {
    const one = new AgentProgram(this.#lab, name);
    this.#programs.set(name, one);
    await one.start(program, timeout_s);
  }

  #named(name: string): AgentProgram {
    const program = this.#programs.get(name);
    if (!program) throw new RangeError(`no program '${name}' was started`);
    return program;
  }
}
