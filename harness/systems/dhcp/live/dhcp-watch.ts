import type { DhcpFacts, LeaseTableFacts, TableMoment } from '../../../journal/dhcp-facts.ts';
import type { Lab } from '../../../lab/lab.ts';
import { labNow } from '../../../lab/now.ts';
import { readNodeFile } from '../../../lab/read-node-file.ts';
import { Rescheduler } from '../../neutron-scheduling/live/rescheduler.ts';
import { LEASES_FILE } from '../config/render-files.ts';
import type { NeutronServer } from './neutron-server.ts';
import { wholeTable } from './whole-table.ts';

/**
 * Plays the Neutron server's part in a trial, which moves the networks of dead agents, and notes what it does and what
 * is in the servers' lease tables.
 */
export class DhcpWatch {
  readonly facts: DhcpFacts;
  readonly #lab: Lab;
  readonly #neutron: NeutronServer;
  readonly #rescheduler: Rescheduler;
  readonly #keep: (name: string, content: Uint8Array) => void;

  constructor(lab: Lab, neutron: NeutronServer, keep: (name: string, content: Uint8Array) => void) {
    this.#lab = lab;
    this.#neutron = neutron;
    this.#keep = keep;
    this.#rescheduler = new Rescheduler(lab, neutron);
    this.#rescheduler.start();
    const { networks } = neutron;
    const { allow_automatic_dhcp_failover, agent_down_ms, report_interval_ms } = networks.settings;
    this.facts = {
      places: networks.agents.map(({ node, host, network, address }) => ({
        ...{ node, host, network, server: address },
        bound: this.#isBound(network, host),
      })),
      tables: [],
      rescheduling: { enabled: allow_automatic_dhcp_failover, agent_down_ms, report_interval_ms, moves: [] },
    };
  }

  /** Reads the lease table of every place, as far as its node runs. */
  async readTables(when: TableMoment): Promise<void> {
    const tables = this.#neutron.networks.agents.map(async ({ node, host, network }) => {
      const bound = this.#isBound(network, host);
      const { at_ns, text } = await wholeTable(async () => ({
        at_ns: await labNow(this.#lab),
        text: await this.#read(node),
      }));
      const table: LeaseTableFacts = { when, at_ns, node, bound };
      if (text === undefined) return table;
      const file = `leases-${when}-${node}`;
      this.#keep(file, Buffer.from(text));
      return { ...table, file };
    });
    this.facts.tables.push(...(await Promise.all(tables)));
  }

  /** Ends the moving, and gives every network back to whom it belongs, for the next trial. Harmless twice. */
  async end(): Promise<void> {
    try {
      const moves = await this.#rescheduler.stop();
      this.facts.rescheduling.moves.push(
        ...moves.map(({ at_ns, serves: network, from_host, to_host }) => ({
          at_ns,
          network,
          from_host,
          to_host,
        })),
      );
    } finally {
      await this.#neutron.reset();
    }
  }

  /** undefined when the node is down, or no server has ever run there. */
  async #read(node: string): Promise<string | undefined> {
    const { pid } = this.#lab.node(node);
    return pid === 0 ? undefined : readNodeFile(this.#lab, pid, LEASES_FILE);
  }

  #isBound(network: string, host: string): boolean {
    return this.#neutron.bindings().get(network)?.includes(host) ?? false;
  }
}
