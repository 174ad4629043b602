import { z } from 'zod';
import { formatValue } from '../../../journal/format-value.ts';
import type { Journal } from '../../../journal/journal.ts';
import type { Section } from '../../../journal/section.ts';
import { trustedTrials } from '../../../journal/trusted-trials.ts';
import { type RouterRow, routerRowShape } from './router-rows.ts';
import type { Split } from './split.ts';

const rowsShape = z.array(routerRowShape);

/** The first trial with two owners of a virtual router: who they were, who answered, where packets went, how it ended. */
export function splitTable(journal: Journal): Section | undefined {
  for (const { index, systems } of trustedTrials(journal)) {
    const rows = rowsShape.parse(systems?.vrrp ?? []).filter(({ split }) => split !== undefined);
    if (rows.length > 0) return sectionOf(rows, `trial ${index}`);
  }
  return undefined;
}

function sectionOf(rows: readonly RouterRow[], of: string): Section {
  return {
    title: `Two owners, in ${of}`,
    of,
    head: ['ROUTER', 'FROM', 'TO', 'TWO OWNERS'],
    align: ['left', 'right', 'right', 'left'],
    rows: rows.flatMap((row) => linesOf(row, row.split!)),
    notes: rows.flatMap((row) => sessionNote(row)),
  };
}

function linesOf({ router }: RouterRow, { shared, claims, uses, ended, stale_ms }: Split): string[][] {
  const line = (from_ms: number, to_ms: number, what: string) => [router, time(from_ms), time(to_ms), what];
  return [
    ...shared.map(({ from_ms, to_ms, nodes }) =>
      line(
        from_ms,
        to_ms,
        `${nodes.join(' and ')} held the address, for ${formatValue('_ms', to_ms - from_ms)}`,
      ),
    ),
    ...claims.map(({ node, mac, kind, first_ms, last_ms, count }) => {
      const did = kind === 'answer' ? 'answered ARP requests' : 'announced the address by ARP';
      return line(first_ms, last_ms, `${node} (${mac}) ${did}, ${count === 1 ? 'once' : `${count} times`}`);
    }),
    ...uses.map(({ from_ms, to_ms, source, segment, node }) =>
      line(from_ms, to_ms, `packets of ${source} on ${segment} went to ${node}`),
    ),
    ...(ended ? [line(ended.at_ms, ended.at_ms, endWords(ended))] : []),
    ...(ended && stale_ms
      ? [
          line(
            ended.at_ms,
            ended.at_ms + stale_ms,
            `packets still went to ${ended.node}: stale neighbour entries`,
          ),
        ]
      : []),
  ];
}

function endWords({ node, at_ms, heard }: NonNullable<Split['ended']>): string {
  if (!heard) return `${node} gave the address up`;
  const after = formatValue('_ms', at_ms - heard.at_ms);
  return `${node} gave it up, ${after} after an advertisement of ${heard.node} (${heard.source}, priority ${heard.priority})`;
}

function time(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}

function sessionNote({ router, probes, sessions, survived, lost }: RouterRow): string[] {
  if (probes.length === 0) return [];
  const kept = sessions === undefined ? [] : [`${survived} of ${sessions} TCP sessions lived on`];
  const datagrams = lost === undefined ? [] : [`${lost} datagrams were lost`];
  const what = [...kept, ...datagrams].join(', ');
  return what === '' ? [] : [`Of the probes through ${router} (${probes.join(', ')}): ${what}.`];
}
