import { messageOf } from '../ground/errors.ts';
import { registryOf } from '../ground/registry.ts';
import type { AuditRecord } from '../journal/journal.ts';
import type { Audit, AuditScene } from './audit.ts';
import { clusterStandby } from './cluster-standby.ts';
import { clustersClean } from './clusters-clean.ts';
import { conntrackSync } from './conntrack-sync.ts';
import { dhcpAgents } from './dhcp-agents.ts';
import { dhcpServers } from './dhcp-servers.ts';
import { nodesRunning } from './nodes-running.ts';
import { oneOwner } from './one-owner.ts';
import { oneVipHolder } from './one-vip-holder.ts';
import { vrrpRedundancy } from './vrrp-redundancy.ts';

/** Every audit. A new one is a file and a line here. */
const AUDITS = registryOf<Audit>(
  'audit',
  [
    nodesRunning,
    oneOwner,
    vrrpRedundancy,
    conntrackSync,
    dhcpAgents,
    dhcpServers,
    clustersClean,
    clusterStandby,
    oneVipHolder,
  ],
  ({ name }) => name,
);
const EVERY = [...AUDITS.values()];

/** How long before the end of the watching the audits that listen begin. */
export const AUDITS_AHEAD_MS = 1500;

/**
 * Begins the audits that listen or compare two looks, so that their time passes meanwhile. One that cannot begin looks
 * anew when it runs.
 * @returns runs all audits, as `runAudits` does.
 */
export async function beginAudits(
  scene: AuditScene,
  audits: readonly Audit[] = EVERY,
): Promise<() => Promise<AuditRecord[]>> {
  const begun = await Promise.all(
    audits.map(async (audit) => ({ ...audit, run: (await beginOne(audit, scene)) ?? audit.run })),
  );
  return () => runAudits(scene, begun);
}

async function beginOne(audit: Audit, scene: AuditScene): Promise<Audit['run'] | undefined> {
  try {
    return await audit.begin?.(scene);
  } catch {
    // What keeps it from looking now is told by the look that counts, if it lasts.
    return undefined;
  }
}

/**
 * Runs all audits side by side: some listen for a while. One that cannot look gives one record of its own, `unknown`,
 * and leaves the others as they are.
 */
export async function runAudits(scene: AuditScene, audits: readonly Audit[] = EVERY): Promise<AuditRecord[]> {
  const records = await Promise.all(audits.map((audit) => guarded(audit, scene)));
  return records.flat();
}

async function guarded(audit: Audit, scene: AuditScene): Promise<AuditRecord[]> {
  const { name, rests_on_before } = audit;
  try {
    const records = await audit.run(scene);
    const unknown = rests_on_before ? scene.before.unknown : [];
    // What is found to be lost is lost, whatever else ran.
    if (unknown.length === 0 || records.some(({ verdict }) => verdict === 'fail')) return records;
    const detail = `what ran before the fault is not known (${unknown.join('; ')})`;
    return [...records.filter(({ verdict }) => verdict !== 'pass'), { name, verdict: 'unknown', detail }];
  } catch (error) {
    return [{ name, verdict: 'unknown', detail: `could not be looked at: ${messageOf(error)}` }];
  }
}
