import type { Journal, Trial } from '../../../journal/journal.ts';
import type { Section } from '../../../journal/section.ts';
import type { LeaseCounts, LeaseTableRecord } from '../../../journal/system-records.ts';
import { trustedTrials } from '../../../journal/trusted-trials.ts';
import { MOMENT_WORDS } from '../../moment-words.ts';

const HEAD = [
  'LEASE TABLE OF',
  'WHEN',
  'OWN GRANTS',
  "OTHERS' GRANTS",
  'WRITTEN',
  'FROM ITS START',
  'OWN, OLDER',
  'NOT AT ALL',
];

/** Which DHCP server knew which lease, in the first trial that has lease tables; undefined when none has. */
export function leaseTable(journal: Journal): Section | undefined {
  const trials = trustedTrials(journal).filter((trial) => (trial.lease_tables ?? []).length > 0);
  const trial = trials[0];
  if (!trial) return undefined;
  const of = `trial ${trial.index}`;
  return {
    title: `Who knew which lease, in ${of}`,
    of,
    head: HEAD,
    align: HEAD.map((_, column) => (column > 1 ? 'right' : 'left')),
    rows: (trial.lease_tables ?? []).flatMap(rowOf),
    notes: answer(trials),
  };
}

function rowOf({ when, node, network, bound, leases }: LeaseTableRecord): string[][] {
  const who = [`${node} (${network})`, MOMENT_WORDS[when]];
  if (!leases) return bound ? [[...who, 'node is down', '', '', '', '', '']] : [];
  const { own, own_written, others } = leases;
  if (own + others === 0) return [];
  return [
    [
      ...who,
      `${own_written} of ${own}`,
      String(others),
      String(leases.others_written),
      String(leases.others_initial),
      String(leases.others_older),
      String(leases.others_unknown),
    ],
  ];
}

/** Whether all servers update their lease tables, by what happened before the faults. */
function answer(trials: readonly Trial[]): string[] {
  const before = trials.flatMap(({ lease_tables = [] }) =>
    lease_tables.flatMap(({ when, bound, leases }) => (when === 'before' && bound && leases ? [leases] : [])),
  );
  const sum = (key: keyof LeaseCounts) => before.reduce((total, leases) => total + leases[key], 0);
  const others = sum('others');
  if (others === 0) return [];
  const written = sum('others_written');
  const verdict = written === 0 ? 'No' : written === others ? 'Yes' : 'Some';
  return [
    `Do all servers of a network update their lease tables? ${verdict}: of ${others} leases that another server had granted, ` +
      `a server had written ${written} down as granted, had ${sum('others_initial')} by the line that was there when it started, ` +
      `${sum('others_older')} from an earlier grant of its own, and did not know ${sum('others_unknown')} (all trials, before the fault).`,
  ];
}
