import type { AuditRecord } from '../journal/journal.ts';
import type { Audit, AuditScene } from './audit.ts';
import { clustersClean } from './clusters-clean.ts';
import { dhcpAgents } from './dhcp-agents.ts';
import { nodesRunning } from './nodes-running.ts';
import { oneOwner } from './one-owner.ts';
import { oneVipHolder } from './one-vip-holder.ts';

/** Every audit. A new one is a file and a line here. */
const AUDITS: readonly Audit[] = [nodesRunning, oneOwner, dhcpAgents, clustersClean, oneVipHolder];

/** Runs all audits one after the other. */
export async function runAudits(scene: AuditScene): Promise<AuditRecord[]> {
  const records: AuditRecord[] = [];
  for (const audit of AUDITS) records.push(...(await audit.run(scene)));
  return records;
}
