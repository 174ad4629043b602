import { HadrillError, messageOf } from '../ground/errors.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { dnsmasqServers } from '../systems/dhcp/live/plain-dnsmasq.ts';
import { virtualRouters } from '../systems/vrrp/live/virtual-routers.ts';
import { conntrackdAmong, keepalivedAmong, processesOf } from './daemon-state.ts';

/** What ran just before the fault: whoever has lost it afterwards has lost its part in the redundancy. */
export interface BeforeFault {
  /** Names of the nodes on which keepalived ran. */
  keepalived: ReadonlySet<string>;
  /** Names of the nodes on which conntrackd ran. */
  conntrackd: ReadonlySet<string>;
  /** Names of the nodes on which a dnsmasq with a configuration of its own served DHCP clients. */
  dnsmasq: ReadonlySet<string>;
  /** What could not be looked at, and why: one sentence each. */
  unknown: readonly string[];
}

/**
 * Looks at every node that takes part in a virtual router or has a conntrackd. Changes nothing. What cannot be looked at
 * costs the audits that rest on it, not the trial.
 */
export async function lookBeforeFault(lab: Lab): Promise<BeforeFault> {
  const [keepalived, conntrackd] = [new Set<string>(), new Set<string>()];
  const unknown: string[] = [];
  const guarded = async <Seen>(what: string, look: () => Promise<Seen>): Promise<Seen | undefined> => {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof HadrillError)) throw error;
      unknown.push(`${what}: ${messageOf(error)}`);
      return undefined;
    }
  };
  const members = new Set(virtualRouters(lab).flatMap((router) => router.members));
  const daemonsOf = (node: LabNode) =>
    guarded(`the daemons of ${node.name}`, async () => {
      if (!members.has(node) && !(await hasConntrackd(lab, node))) return;
      const processes = await processesOf(lab, node);
      if (keepalivedAmong(processes).state !== 'none') keepalived.add(node.name);
      if (conntrackdAmong(processes).state !== 'none') conntrackd.add(node.name);
    });
  await Promise.all(lab.nodes.map(daemonsOf));
  const dnsmasq = await guarded('the dnsmasq of the lab', () => dnsmasqServers(lab));
  return { keepalived, conntrackd, dnsmasq: new Set(dnsmasq), unknown };
}

async function hasConntrackd(lab: Lab, { pid }: LabNode): Promise<boolean> {
  return pid !== 0 && (await lab.agent.call('has_program', { pid, name: 'conntrackd' }));
}
