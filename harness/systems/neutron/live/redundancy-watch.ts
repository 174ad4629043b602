import { isDeepStrictEqual } from 'node:util';
import type { ProcessInfo } from '../../../lab/agent-shapes.ts';
import type { Lab } from '../../../lab/lab.ts';
import { labNow } from '../../../lab/now.ts';
import { isNamed, processesOf } from '../../../lab/process-names.ts';
import { STOPPED } from '../../../lab/signals.ts';
import type { Running } from '../findings/neutron-facts.ts';
import { RepeatedLook } from './repeated-look.ts';
import { routerOf } from './replicas.ts';
import { networkNodes } from './routers.ts';

/** A look is a question to the fabric's agent for each node, no program in it. */
const LOOK_MS = 1000;
/** In the command line of the dnsmasq that a DHCP agent starts for a network. */
const NETWORK = /\/dhcp\/([0-9a-f-]{36})\//;

/** What is looked for: a router or a network, by its id. */
export interface Served {
  readonly of: Running['of'];
  readonly name: string;
  readonly id: string;
}

/** Follows, for as long as a trial lasts, where keepalived runs for each router, and dnsmasq for each network. */
export class RedundancyWatch {
  /** In the order of time, each router and network when it changed. */
  readonly running: Running[] = [];
  readonly #lab: Lab;
  readonly #served: readonly Served[];
  readonly #last = new Map<Served, Running['places']>();
  readonly #looks = new RepeatedLook(() => this.#look(), LOOK_MS);

  constructor(lab: Lab, served: readonly Served[]) {
    this.#lab = lab;
    this.#served = served;
  }

  /** @returns after the first look. */
  async begin(): Promise<void> {
    await this.#looks.begin();
  }

  /** Ends with one more look. Harmless twice. */
  async end(): Promise<void> {
    await this.#looks.endWithLook();
  }

  async #look(): Promise<void> {
    const found = new Map<string, { node: string; pid: number }[]>();
    for (const node of networkNodes(this.#lab)) {
      const processes = node.pid > 0 ? await processesOf(this.#lab, node) : [];
      for (const [id, pid] of servers(processes))
        found.set(id, [...(found.get(id) ?? []), { node: node.name, pid }]);
    }
    const at_ns = await labNow(this.#lab);
    for (const served of this.#served) {
      const places = found.get(served.id) ?? [];
      if (isDeepStrictEqual(this.#last.get(served), places)) continue;
      this.#last.set(served, places);
      this.running.push({ of: served.of, name: served.name, at_ns, places });
    }
  }
}

/** By id of the router or network, the first process that serves it; its children have the same command line. */
function servers(processes: readonly ProcessInfo[]): Map<string, number> {
  const first = new Map<string, number>();
  for (const process of processes) {
    if (process.state === STOPPED) continue;
    const id = isNamed(process, 'keepalived') ? routerOf(process) : networkOf(process);
    if (id !== undefined && !first.has(id)) first.set(id, process.pid);
  }
  return first;
}

/** The network that a dnsmasq serves; undefined of any other process. */
export function networkOf(process: Pick<ProcessInfo, 'name' | 'argv'>): string | undefined {
  return isNamed(process, 'dnsmasq') ? NETWORK.exec(process.argv.join(' '))?.[1] : undefined;
}
