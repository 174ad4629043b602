import type { Lab } from '../lab/lab.ts';

const ASK_TIMEOUT_S = 30;

/** One program of the agent, and where it runs. */
export interface Program {
  node: string;
  /** Name of its file in the agent's folder of probes. */
  program: string;
  params: object;
}

/** A program of the agent that runs in the network namespace of a node. */
export class AgentProgram {
  readonly #lab: Lab;
  readonly #name: string;

  /** @param name unique in the lab; nothing runs until `start`. */
  constructor(lab: Lab, name: string) {
    this.#lab = lab;
    this.#name = name;
  }

  /** Starts it and waits until it says that it is ready. */
  async start({ node, program, params }: Program, timeout_s: number): Promise<void> {
    const request = { name: this.#name, pid: this.#lab.node(node).pid, program, params, timeout_s };
    // The agent has the deadline; ours only catches an agent that keeps silent.
    await this.#lab.agent.call('start_probe', request, (timeout_s + 5) * 1000);
  }

  ask(request: object): Promise<Record<string, unknown>> {
    return this.#lab.agent.call(
      'ask_probe',
      { name: this.#name, request, timeout_s: ASK_TIMEOUT_S },
      (ASK_TIMEOUT_S + 5) * 1000,
    );
  }

  /** Ends it in good order and reads the records that it wrote. */
  async finish(): Promise<Buffer> {
    const result = await this.#lab.agent.call(
      'stop_probe',
      { name: this.#name, timeout_s: ASK_TIMEOUT_S },
      (ASK_TIMEOUT_S + 5) * 1000,
    );
    const path = String(result.output);
    const records = await this.#lab.agent.readFile(path);
    await this.#lab.agent.call('remove_file', { path });
    return records;
  }

  /** Ends it, if it still runs. */
  async end(): Promise<void> {
    await this.#lab.agent.call('end_probe', { name: this.#name });
  }
}
