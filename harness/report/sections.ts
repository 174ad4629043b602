import type { Journal } from '../journal/journal.ts';
import type { Section } from '../journal/section.ts';
import { leaseTable } from '../systems/dhcp/findings/lease-table.ts';
import { clusterTable } from '../systems/pacemaker/findings/cluster-table.ts';
import { phaseTable } from '../systems/vrrp/findings/phase-table.ts';
import { metricTable } from './metric-table.ts';
import { timelineTable } from './timeline-table.ts';

/** Every table of a report, in their order. A new one is a file and a line here. */
const SECTIONS: readonly ((journal: Journal) => Section | undefined)[] = [
  metricTable,
  phaseTable,
  timelineTable,
  leaseTable,
  clusterTable,
];

/** The tables that a run has something to say in. */
export function sectionsOf(journal: Journal): Section[] {
  return SECTIONS.flatMap((section) => section(journal) ?? []);
}
