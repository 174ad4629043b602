import type { Lab } from '../lab/lab.ts';
import type { Program } from './agent-program.ts';
import { ProgramGroup } from './program-group.ts';

type Side = 'client' | 'server';

/** The two programs of a probe, each in the network namespace of its node. */
export class ProgramPair {
  readonly #names: Record<Side, string>;
  readonly #programs: ProgramGroup;

  private constructor(names: Record<Side, string>, programs: ProgramGroup) {
    this.#names = names;
    this.#programs = programs;
  }

  /** Starts the server, then the client, each until it says that it is ready; leaves none behind if one is not. */
  static async start(
    lab: Lab,
    name: string,
    programs: Record<Side, Program>,
    timeout_s: number,
  ): Promise<ProgramPair> {
    const names = { client: name, server: `${name}-server` };
    const inOrder = (['server', 'client'] as const).map((side) => ({ name: names[side], ...programs[side] }));
    return new ProgramPair(names, await ProgramGroup.start(lab, inOrder, timeout_s));
  }

  ask(side: Side, request: object): Promise<Record<string, unknown>> {
    return this.#programs.ask(this.#names[side], request);
  }

  /** Ends one of the two in good order and reads the records that it wrote. */
  finish(side: Side): Promise<Buffer> {
    return this.#programs.finish(this.#names[side]);
  }

  /** Ends what still runs of them. */
  async end(): Promise<void> {
    await this.#programs.end();
  }
}
