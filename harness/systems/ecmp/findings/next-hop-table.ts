import { z } from 'zod';
import { formatValue } from '../../../journal/format-value.ts';
import type { Journal } from '../../../journal/journal.ts';
import type { Section } from '../../../journal/section.ts';
import { trustedTrials } from '../../../journal/trusted-trials.ts';
import { NAME } from './ecmp-facts.ts';
import { type NextHopRow, nextHopRow } from './next-hop-rows.ts';

const HEAD = ['ROUTER', 'ROUTE TO', 'AFTER THE FAULT', 'NEXT HOPS', 'GONE'];
const rowsShape = z.array(nextHopRow);

/** The routes to the address that routers had in the first trial that says something of them. */
export function nextHopTable(journal: Journal): Section | undefined {
  for (const trial of trustedTrials(journal)) {
    const rows = rowsShape.parse(trial.systems?.[NAME] ?? []);
    if (rows.length === 0) continue;
    const of = `trial ${trial.index}`;
    return {
      title: `Next hops in ${of}, as the kernels of routers had them`,
      of,
      head: HEAD,
      align: HEAD.map((_, column) => (column === 2 ? 'right' : 'left')),
      rows: rows.map((row) => [
        row.router,
        row.destination,
        timeOf(row),
        row.next_hops.join(', ') || 'none',
        row.without.join(', ') || '-',
      ]),
      notes: [],
    };
  }
  return undefined;
}

function timeOf({ at_ms, healing }: NextHopRow): string {
  if (at_ms === null) return 'before it';
  return `${formatValue('outage_ms', at_ms)}${healing ? ', healing' : ''}`;
}
