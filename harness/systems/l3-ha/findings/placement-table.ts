import { z } from 'zod';
import type { Journal } from '../../../journal/journal.ts';
import type { Section } from '../../../journal/section.ts';
import { trustedTrials } from '../../../journal/trusted-trials.ts';
import { MOMENT_WORDS } from '../../moment-words.ts';
import { type Placement, type PlaceState, placementShape } from './l3-facts.ts';

const rowsShape = z.array(placementShape);

const WORDS: Record<PlaceState, string> = {
  active: 'active',
  standby: 'standby',
  silent: 'no keepalived',
  down: 'down',
  stray: 'stray',
  spare: '-',
  away: '-',
};

/** Where each router's replicas were, in the first trial that says so; undefined when none does. */
export function placementTable(journal: Journal): Section | undefined {
  for (const { index, systems } of trustedTrials(journal)) {
    const placements = rowsShape.parse(systems?.['l3-ha'] ?? []);
    if (placements.length > 0) return sectionOf(placements, `trial ${index}`);
  }
  return undefined;
}

function sectionOf(placements: readonly Placement[], of: string): Section {
  const hosts = [...new Set(placements.flatMap((one) => Object.keys(one.hosts)))];
  const routers = [...new Set(placements.map(({ router }) => router))];
  const head = ['ROUTER', 'WHEN', ...hosts.map((host) => host.toUpperCase())];
  return {
    title: `Where the routers ran, in ${of}`,
    of,
    head,
    align: head.map(() => 'left'),
    rows: routers.flatMap((name) =>
      placements
        .filter(({ router }) => router === name)
        .map((one) => [
          name,
          MOMENT_WORDS[one.when],
          ...hosts.map((host) => (one.hosts[host] === undefined ? '' : WORDS[one.hosts[host]])),
        ]),
    ),
    notes: [
      'All replicas have the same priority and do not preempt; hadrill starts the active one of each router first, so that the active ones alternate over the hosts.',
    ],
  };
}
