import type { Lab } from '../lab/lab.ts';

const ASK_TIMEOUT_S = 30;

type Side = 'client' | 'server';

/** One program of the agent, and where it runs. */
export interface Program {
  node: string;
  /** Name of its file in the agent's folder of probes. */
  program: string;
  params: object;
}

/** The two programs of a probe, each in the network namespace of its node. */
export class ProgramPair {
  readonly #lab: Lab;
  readonly #names: Record<Side, string>;

  private constructor(lab: Lab, name: string) {
    this.#lab = lab;
    this.#names = { client: name, server: `${name}-server` };
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
      for (const side of ['server', 'client'] as const) {
        const { node, program, params } = programs[side];
        const request = { name: pair.#names[side], pid: lab.node(node).pid, program, params, timeout_s };
        // The agent has the deadline; ours only catches an agent that keeps silent.
        await lab.agent.call('start_probe', request, (timeout_s + 5) * 1000);
      }
    } catch (error) {
      await pair.end();
      throw error;
    }
    return pair;
  }

  ask(side: Side, request: object): Promise<Record<string, unknown>> {
    return this.#lab.agent.call(
      'ask_probe',
      { name: this.#names[side], request, timeout_s: ASK_TIMEOUT_S },
      (ASK_TIMEOUT_S + 5) * 1000,
    );
  }

  /** Ends one of the two in good order and reads the records that it wrote. */
  async finish(side: Side): Promise<Buffer> {
    const result = await this.#lab.agent.call(
      'stop_probe',
      { name: this.#names[side], timeout_s: ASK_TIMEOUT_S },
      (ASK_TIMEOUT_S + 5) * 1000,
    );
    const path = String(result.output);
    const records = await this.#lab.agent.readFile(path);
    await this.#lab.agent.call('remove_file', { path });
    return records;
  }

  /** Ends what still runs of them. */
  async end(): Promise<void> {
    for (const name of Object.values(this.#names)) await this.#lab.agent.call('end_probe', { name });
  }
}
