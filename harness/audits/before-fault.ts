import type { Lab, LabNode } from '../lab/lab.ts';
import { dnsmasqServers } from '../lab/plain-dnsmasq.ts';
import { virtualRouters } from '../lab/virtual-routers.ts';
import { conntrackdAmong, keepalivedAmong, processesOf } from './daemon-state.ts';

/** What ran just before the fault: whoever has lost it afterwards has lost its part in the redundancy. */
export interface BeforeFault {
  /** Names of the nodes on which keepalived ran. */
  keepalived: ReadonlySet<string>;
  /** Names of the nodes on which conntrackd ran. */
  conntrackd: ReadonlySet<string>;
  /** Names of the nodes on which a dnsmasq with a configuration of its own served DHCP clients. */
  dnsmasq: ReadonlySet<string>;
}

/** Looks at every node that takes part in a virtual router or has a conntrackd. Changes nothing. */
export async function lookBeforeFault(lab: Lab): Promise<BeforeFault> {
  const keepalived = new Set<string>();
  const conntrackd = new Set<string>();
  const nodes = await redundantNodes(lab);
  await Promise.all(
    nodes.map(async (node) => {
      const processes = await processesOf(lab, node);
      if (keepalivedAmong(processes).state !== 'none') keepalived.add(node.name);
      if (conntrackdAmong(processes).state !== 'none') conntrackd.add(node.name);
    }),
  );
  return { keepalived, conntrackd, dnsmasq: new Set(await dnsmasqServers(lab)) };
}

async function redundantNodes(lab: Lab): Promise<LabNode[]> {
  const members = new Set(virtualRouters(lab).flatMap((router) => router.members));
  const having = await Promise.all(
    lab.nodes.map(
      async (node) =>
        members.has(node) ||
        (node.pid !== 0 && (await lab.agent.call('has_program', { pid: node.pid, name: 'conntrackd' }))),
    ),
  );
  return lab.nodes.filter((_, at) => having[at]);
}
