import type { Journal } from '../journal/journal.ts';
import type { Section } from '../journal/section.ts';
import { systems } from '../systems/registry.ts';
import type { System, SystemTable } from '../systems/system.ts';
import { metricTable } from './metric-table.ts';
import { speakerTable } from './speaker-table.ts';
import { timelineTable } from './timeline-table.ts';

/** The tables that a run has something to say in, in their order. A new one is a file and a line here, or a system's. */
export function sectionsOf(
  journal: Journal,
  of: Iterable<Pick<System, 'table'>> = systems.values(),
): Section[] {
  const tables = [...of].flatMap(({ table }): SystemTable | readonly SystemTable[] => table ?? []);
  const ofSystems = (shown: SystemTable['shows']) =>
    tables.filter(({ shows }) => shows === shown).map((table) => table.of(journal));
  const all = [
    metricTable(journal),
    ...ofSystems('steps'),
    speakerTable(journal),
    timelineTable(journal),
    ...ofSystems('state'),
  ];
  return all.filter((section) => section !== undefined);
}
