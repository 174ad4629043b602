import type { Moment, SystemWatch, WatchedTrial } from '../../system-watch.ts';
import { DhcpWatch } from './dhcp-watch.ts';
import { NeutronServer } from './neutron-server.ts';
import { noteSurvivors, plainDnsmasqs } from './plain-dnsmasq.ts';

/** The DHCP servers of a lab in a trial: those of Neutron's agents, and those with a configuration of their own. */
export class ServersWatch implements SystemWatch {
  readonly #trial: WatchedTrial;
  #agents: DhcpWatch | undefined;

  constructor(trial: WatchedTrial) {
    this.#trial = trial;
  }

  async begin(): Promise<void> {
    const { lab, facts, keep } = this.#trial;
    const neutron = NeutronServer.of(lab);
    if (!neutron) return;
    this.#agents = new DhcpWatch(lab, neutron, keep);
    facts.dhcp = this.#agents.facts;
  }

  /** Lease tables, and which servers run. */
  async look(when: Moment): Promise<void> {
    const { lab, facts } = this.#trial;
    await this.#agents?.readTables(when);
    if (when === 'before') {
      const servers = await plainDnsmasqs(lab);
      if (servers.length > 0) facts.dnsmasq = servers;
    }
    if (when === 'during') await noteSurvivors(lab, facts.dnsmasq);
  }

  async end(): Promise<void> {
    await this.#agents?.end();
  }
}
