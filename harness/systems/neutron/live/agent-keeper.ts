import { waitUntil } from '../../../ground/wait.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import type { ProcessKeeper } from '../../../lab/process-keeper.ts';
import { isNamed, processesOf } from '../../../lab/process-names.ts';
import { STOPPED } from '../../../lab/signals.ts';
import type { Doubt } from '../../../lab/wait-for-effect.ts';
import { isAgentNode } from '../config/neutron-nodes.ts';

/** What agents start for routers and networks, and look after every `check_child_processes_interval`. */
const STARTED = new Set(['keepalived', 'conntrackd', 'dnsmasq', 'haproxy', 'radvd']);
/** Many times that interval, and the start of what is missing. */
const RESTORE_MS = 60_000;
const POLL_MS = 200;

/** The agent that has processes of a name run again; undefined of what no agent starts. */
export async function agentKeeper(lab: Lab, node: LabNode, name: string): Promise<ProcessKeeper | undefined> {
  if (!isAgentNode(node.spec) || !STARTED.has(name)) return undefined;
  return new AgentKeeper(lab, node, name, await countOf(lab, node, name));
}

/** As many as ran before it was broken are to run again. */
class AgentKeeper implements ProcessKeeper {
  readonly #lab: Lab;
  readonly #node: LabNode;
  readonly #name: string;
  readonly #wanted: number;

  constructor(lab: Lab, node: LabNode, name: string, wanted: number) {
    this.#lab = lab;
    this.#node = node;
    this.#name = name;
    this.#wanted = wanted;
  }

  async restore(): Promise<void> {
    const { container_id } = this.#node;
    await this.#lab.agent.call('resume', { container_ids: [container_id], name: this.#name });
    let doubt: Doubt;
    await waitUntil({
      what: `Neutron's agents on '${this.#node.name}' to have ${this.#name} run again`,
      timeout_ms: RESTORE_MS,
      interval_ms: POLL_MS,
      check: async () => {
        doubt = await this.missing();
        return doubt === undefined;
      },
      lastSeen: () => doubt,
      log: () => this.#lab.log(this.#node.name),
    });
  }

  async missing(): Promise<Doubt> {
    const now = await countOf(this.#lab, this.#node, this.#name);
    return now >= this.#wanted
      ? undefined
      : `${now} of ${this.#wanted} processes ${this.#name} run on ${this.#node.name}`;
  }
}

async function countOf(lab: Lab, node: LabNode, name: string): Promise<number> {
  const all = node.pid > 0 ? await processesOf(lab, node) : [];
  return all.filter((process) => isNamed(process, name) && process.state !== STOPPED).length;
}
