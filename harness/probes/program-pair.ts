import type { Lab } from '../lab/lab.ts';
import { AgentProgram, type Program } from './agent-program.ts';

type Side = 'client' | 'server';

/** The two programs of a probe, each in the network namespace of its node. */
export class ProgramPair {
  readonly #programs: Record<Side, AgentProgram>;

  private constructor(lab: Lab, name: string) {
    this.#programs = {
      client: new AgentProgram(lab, name),
      server: new AgentProgram(lab, `${name}-server`),
    };
  }

  /** Starts the server, then the client, each until it says that it is ready; leaves none behind if one is not. */
  static async start(
    lab: Lab,
    name: string,
    programs: Record<Side, Program>,
    timeout_s: number,
  ): Promise<ProgramPair> {
    const pair = new ProgramPair(lab, name);
    try {
      for (const side of ['server', 'client'] as const)
        await pair.#programs[side].start(programs[side], timeout_s);
    } catch (error) {
      await pair.end();
      throw error;
    }
    return pair;
  }

  ask(side: Side, request: object): Promise<Record<string, unknown>> {
    return this.#programs[side].ask(request);
  }

  /** Ends one of the two in good order and reads the records that it wrote. */
  finish(side: Side): Promise<Buffer> {
    return this.#programs[side].finish();
  }

  /** Ends what still runs of them. */
  async end(): Promise<void> {
    for (const program of Object.values(this.#programs)) await program.end();
  }
}
