import type { Findings } from '../../neutron-scheduling/file-problems.ts';
import { hostsOf, type Place } from '../../neutron-scheduling/schedule.ts';
import { refusalOf } from './place-routers.ts';
import type { RoutersFile } from './routers-schema.ts';

/** What Neutron asks of a router that is to survive one host. */
const FEWEST = 2;

/** Reports numbers of replicas that Neutron refuses at its start, under its own names for that. */
export function checkReplicas(file: RoutersFile, findings: Findings): void {
  const { l3_ha, max_l3_agents_per_router: max, min_l3_agents_per_router: min } = file;
  if (!l3_ha) return;
  if (min < FEWEST) {
    const message = `HAMinimumAgentsNumberNotValid: 'min_l3_agents_per_router' must be at least ${FEWEST}, not ${min}`;
    findings.report(['min_l3_agents_per_router'], message);
  } else if (max !== 0 && max < min) {
    const message = `HAMaximumAgentsNumberNotValid: 'max_l3_agents_per_router' must be 0 or at least 'min_l3_agents_per_router' (${min}), not ${max}`;
    findings.report(['max_l3_agents_per_router'], message);
  }
}

/** Reports routers that no node serves, and those that Neutron would not create with so few hosts. */
export function checkRouters(file: RoutersFile, places: readonly Place[], findings: Findings): void {
  for (const [name, { created }] of Object.entries(file.routers)) {
    const hosts = hostsOf(name, places);
    if (hosts.length === 0) {
      const message = `router '${name}' has no place: no node has the labels 'hadrill.vr.${name}' and 'hadrill.routers'`;
      findings.report(['routers', name], message, 'key');
      continue;
    }
    // What is asked for later is judged when it is: by then hosts may be gone, and a refusal may be what is wanted.
    if (created === 'later') continue;
    const refusal = refusalOf(name, file, hosts.length);
    if (refusal !== undefined) findings.report(['routers', name], `${refusal}: ${hosts.join(', ')}`, 'key');
  }
}
