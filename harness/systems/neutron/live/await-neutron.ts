import { messageOf } from '../../../ground/errors.ts';
import { waitUntil } from '../../../ground/wait.ts';
import type { Lab } from '../../../lab/lab.ts';
import { AGENTS, agentsOn } from '../config/neutron-nodes.ts';
import type { Tenant } from '../config/tenant.ts';
import type { NeutronApi, Resource } from './neutron-api.ts';
import { routerLack } from './router-lack.ts';
import { holdersOf, type NeutronRouter } from './routers.ts';

/** Four agents in Python start on each of the nodes at once. */
const AGENTS_TIMEOUT_MS = 180_000;
const SERVED_TIMEOUT_MS = 180_000;
const POLL_MS = 1000;

/** Until every agent of the lab has reported itself to the server. @throws DeadlineError naming those that have not. */
export async function awaitAgents(
  lab: Lab,
  api: NeutronApi,
  control: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const wanted = lab.nodes.flatMap(({ name, spec }) =>
    agentsOn(spec).map((program) => ({ host: name, program, type: AGENTS[program] })),
  );
  let missing = wanted;
  let why = '';
  await waitUntil({
    what: `Neutron's agents to report to '${control}'`,
    timeout_ms: AGENTS_TIMEOUT_MS,
    interval_ms: POLL_MS,
    signal,
    check: async () => {
      try {
        const alive = (await api.list('agents')).filter((agent) => agent.alive === true);
        const reports = (host: string, type: string) =>
          alive.some((one) => one.host === host && one.agent_type === type);
        missing = wanted.filter(({ host, type }) => !reports(host, type));
        why = `${missing.map(({ host, program }) => `${program} of '${host}'`).join(', ')} had not`;
        return missing.length === 0;
      } catch (error) {
        // The server may be on its way.
        why = messageOf(error);
        return false;
      }
    },
    lastSeen: () => why,
    log: () => lab.log(missing[0]?.host ?? control),
  });
}

/**
 * Until each router has one primary, and the ports of machines are wired.
 * @throws DeadlineError naming the router or the port that is not ready.
 */
export async function awaitService(
  lab: Lab,
  api: NeutronApi,
  tenant: Tenant,
  routers: readonly NeutronRouter[],
  signal: AbortSignal | undefined,
): Promise<void> {
  let why = '';
  await waitUntil({
    what: `the routers and ports of '${tenant.file}' to work`,
    timeout_ms: SERVED_TIMEOUT_MS,
    interval_ms: POLL_MS,
    signal,
    check: async () => {
      try {
        why = (await notServed(lab, api, routers)) ?? notWired(await api.list('ports'), tenant) ?? '';
      } catch (error) {
        why = messageOf(error);
      }
      return why === '';
    },
    lastSeen: () => why,
    log: () => lab.log(tenant.control),
  });
}

async function notServed(
  lab: Lab,
  api: NeutronApi,
  routers: readonly NeutronRouter[],
): Promise<string | undefined> {
  for (const router of routers) {
    const lack = await routerLack(lab, api, router, await holdersOf(lab, router));
    if (lack !== undefined) return lack;
  }
  return undefined;
}

function notWired(ports: readonly Resource[], tenant: Tenant): string | undefined {
  const down = Object.keys(tenant.ports).find(
    (name) => ports.find((port) => port.name === name)?.status !== 'ACTIVE',
  );
  return down === undefined ? undefined : `port '${down}' was not ACTIVE`;
}
