import { median } from 'simple-statistics';
import { formatRange, formatValue } from '../../../journal/format-value.ts';
import type { Journal, Trial } from '../../../journal/journal.ts';
import { ownValue } from '../../../journal/kept-trial.ts';
import { numbersBetween, type Section } from '../../../journal/section.ts';
import { probesWith, trustedTrials, valuesOf } from '../../../journal/trusted-trials.ts';

/** In their order, with what ends each. */
const PHASES = [
  ['detection', 'adverts fail to come'],
  ['election', 'skew time, to the first advert of the new master'],
  ['address', 'to the address being up'],
  ['garp', 'to the first gratuitous ARP'],
  ['forwarding', "to a client's first packet sent on"],
  ['answer', 'to the first answer sent back'],
] as const;

/**
 * Where the time of the takeovers went, and in its notes what happened besides; undefined when no trial had a takeover
 * with phases.
 */
export function phaseTable(journal: Journal): Section | undefined {
  const trials = trustedTrials(journal).filter((trial) => ownValue(trial, 'phase.answer_ms') !== undefined);
  if (trials.length === 0) return undefined;
  const row = (name: string, read: (trial: Trial) => number | undefined, what: string): string[][] => {
    const values = trials.flatMap((trial) => read(trial) ?? []);
    return values.length > 0 ? [[name, ...spread(values, trials.length === 1), what]] : [];
  };
  const head = ['PHASE', ...(trials.length === 1 ? ['TIME'] : ['MIN', 'MEDIAN', 'MAX']), ''];
  return {
    title: 'Where the time went',
    head,
    align: numbersBetween(head),
    rows: [
      ...phasesOf(trials).flatMap(([name, what]) =>
        row(name, (trial) => ownValue(trial, `phase.${name}_ms`), what),
      ),
      ...row('sum', sumOf, ''),
      ...row('remainder', (trial) => ownValue(trial, 'phase.remainder_ms'), 'outage - sum'),
    ],
    notes: [...commitNotes(journal), ...recoveryNotes(journal)],
  };
}

/** Where the timers are not known, nothing tells the wait for adverts from the skew time: they are one. */
function phasesOf(trials: readonly Trial[]): readonly (readonly [string, string])[] {
  const known = ({ bounds, metrics }: Trial) =>
    'vip.detection_ms' in bounds || metrics['phase.election_ms'] !== 0;
  if (trials.some(known)) return PHASES;
  const [, , ...later] = PHASES;
  return [
    ['detection', 'adverts fail to come, and skew time, to the first advert of the new master'],
    ...later,
  ];
}

function sumOf(trial: Trial): number {
  return PHASES.reduce((sum, [name]) => sum + (ownValue(trial, `phase.${name}_ms`) ?? 0), 0);
}

/** One cell of one trial, else the least, the middle and the most of those that have a value. */
function spread(values: readonly number[], single: boolean): string[] {
  const sorted = values.toSorted((a, b) => a - b);
  const shown = single ? sorted : [sorted[0]!, median(sorted), sorted.at(-1)!];
  return shown.map((value) => formatValue('_ms', value));
}

/** The second is that of journals from before it had the first. */
const WINDOW_PREFIXES = ['vip.commit_window', 'conntrack.commit_window'] as const;

function commitNotes(journal: Journal): string[] {
  const [prefix, windows] = WINDOW_PREFIXES.map(
    (name) => [name, valuesOf(journal, `${name}_ms`).map(({ value }) => value)] as const,
  ).find(([, values]) => values.length > 0) ?? ['', []];
  if (windows.length === 0) return [];
  const resets = valuesOf(journal, `${prefix}_resets`).reduce((sum, { value }) => sum + value, 0);
  const hurt =
    resets === 0 ? 'no connection was' : resets === 1 ? 'one connection was' : `${resets} connections were`;
  const length = formatRange('_ms', Math.min(...windows), Math.max(...windows));
  const dropped = valuesOf(journal, `${prefix}_dropped`);
  const lost = dropped.reduce((sum, { value }) => sum + value, 0);
  const more = dropped.length > 0 ? `, and ${lost} packets of probes were not sent on` : '';
  return [
    `The address was up ${length} before the connection table was filled; ${hurt} reset meanwhile${more}.`,
  ];
}

function recoveryNotes(journal: Journal): string[] {
  return probesWith(journal, 'recovery_ms').map((probe) => {
    const values = valuesOf(journal, `${probe}.recovery_ms`).map(({ value }) => value);
    const length = formatRange('_ms', Math.min(...values), Math.max(...values));
    return `The last TCP session went on ${length} after the first answer (probe ${probe}).`;
  });
}
