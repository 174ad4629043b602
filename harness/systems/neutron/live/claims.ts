import type { Lab } from '../../../lab/lab.ts';
import { isNamed, processesOf } from '../../../lab/process-names.ts';
import { STOPPED } from '../../../lab/signals.ts';
import type { Moment } from '../../system-watch.ts';
import { AGENTS, agentsOn } from '../config/neutron-nodes.ts';
import type { AgentLook, ReplicaLook } from '../findings/neutron-facts.ts';
import { watchedHolders } from './namespace-watch.ts';
import type { NeutronApi } from './neutron-api.ts';
import { replicasOn } from './replicas.ts';
import { type NeutronRouter, networkNodes } from './routers.ts';

/** What the API says of every replica, beside what the nodes do. @throws EnvironmentError when the API does not answer. */
export async function lookAtReplicas(
  lab: Lab,
  api: NeutronApi,
  routers: readonly NeutronRouter[],
  when: Moment,
): Promise<ReplicaLook[]> {
  const nodes = networkNodes(lab);
  const running = new Map(
    await Promise.all(nodes.map(async (node) => [node.name, await replicasOn(lab, node)] as const)),
  );
  const looks: ReplicaLook[] = [];
  for (const router of routers) {
    const claims = await api.list(`routers/${router.id}/l3-agents`);
    const holders = await watchedHolders(lab, router);
    for (const node of nodes) {
      const claim = claims.find(({ host }) => host === node.name);
      const found = foundAt(
        node.pid > 0,
        holders.includes(node),
        running.get(node.name)?.get(router.id)?.keepalived,
      );
      if (!claim && (found === 'silent' || found === 'down')) continue;
      looks.push({
        ...{ when, router: router.name, node: node.name, found },
        claimed: claim ? String(claim.ha_state) : null,
      });
    }
  }
  return looks;
}

function foundAt(up: boolean, holds: boolean, keepalived: unknown): ReplicaLook['found'] {
  if (!up) return 'down';
  if (holds) return 'active';
  return keepalived ? 'standby' : 'silent';
}

/** Whether the API has every agent alive, beside whether it runs. @throws EnvironmentError when the API does not answer. */
export async function lookAtAgents(lab: Lab, api: NeutronApi, when: Moment): Promise<AgentLook[]> {
  const claims = await api.list('agents');
  const looks: AgentLook[] = [];
  for (const node of lab.nodes) {
    const programs = agentsOn(node.spec);
    if (programs.length === 0) continue;
    const processes = node.pid > 0 ? await processesOf(lab, node) : [];
    for (const program of programs) {
      const claim = claims.find((one) => one.host === node.name && one.agent_type === AGENTS[program]);
      looks.push({
        ...{ when, node: node.name, program },
        claimed_alive: claim ? claim.alive === true : null,
        runs: processes.some((one) => isNamed(one, program) && one.state !== STOPPED),
      });
    }
  }
  return looks;
}
