import { EnvironmentError, InputError } from '../../../ground/errors.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { runInNode } from '../../../lab/run-in-node.ts';

/** A node's services start within moments; a daemon that does not run after this has ended, or was not started. */
const GRACE_MS = 3000;

/** Looks whether a keepalived that is waited for has refused its configuration. */
export class RefusalWatch {
  readonly #lab: Lab;
  readonly #members: readonly LabNode[];
  /** Where no daemon was seen the last time: it may only be late once. */
  readonly #absent = new Set<LabNode>();
  #next_ms = performance.now() + GRACE_MS;

  constructor(lab: Lab, members: readonly LabNode[]) {
    this.#lab = lab;
    this.#members = members;
  }

  /**
   * Asks keepalived's own checker, in the node and with the file that is there, wherever the daemon does not run.
   * @throws InputError with its words where it refuses the file.
   */
  async look(): Promise<void> {
    if (performance.now() < this.#next_ms) return;
    this.#next_ms = performance.now() + GRACE_MS;
    for (const node of this.#members) {
      const { container_id, pid } = node;
      if (pid === 0) continue;
      const running = await this.#lab.agent.call('running_keepalived', { container_id });
      if (running.length > 0) this.#absent.delete(node);
      const late = running.length > 0 || !this.#absent.has(node);
      if (running.length === 0) this.#absent.add(node);
      const words = late ? undefined : await refusal(this.#lab, node);
      if (words === undefined) continue;
      throw new InputError([
        { message: `keepalived of node '${node.name}' refuses its configuration:\n${words}` },
      ]);
    }
  }
}

/** What `keepalived -t` says; undefined when it is content, or not there. */
async function refusal(lab: Lab, node: LabNode): Promise<string | undefined> {
  try {
    const { status, stdout, stderr } = await runInNode(lab, node, ['keepalived', '--config-test']);
    if (status === 0 || status === 127) return undefined;
    return [...new Set(`${stderr}\n${stdout}`.split('\n').map((line) => line.trim()))]
      .filter(Boolean)
      .join('\n');
  } catch (error) {
    if (error instanceof EnvironmentError) return undefined;
    throw error;
  }
}
