import { formatRange, formatValue } from '../../journal/format-value.ts';
import { type Change, LEAST_VALUES } from '../../verdict/change.ts';
import type { MedianInterval } from '../../verdict/median-interval.ts';
import { textTable } from '../text-table.ts';
import type { Basis } from './measured.ts';

/** A metric over two sets of trials; `judged: false` where nothing is expected of it. */
export interface ChangeRow extends Change {
  metric: string;
  basis: Basis;
  judged?: boolean;
}

/** How a metric is called by what of it is compared. */
export const BASIS_WORDS = {
  residual: ', residual',
  'mid-interval': ', at mid-interval',
  value: '',
} as const;

const LEGENDS: Readonly<Record<Basis, string>> = {
  residual: 'Residual: what a value has beyond the wait of the protocol at the moment of the fault.\n',
  'mid-interval':
    'At mid-interval: as if the fault had fallen in the middle of the interval of the protocol.\n',
  value: '',
};

/** A row for each metric, with its sizes, the shift and what a shift must exceed; ends with a newline. */
export function changeTable(changes: readonly ChangeRow[], sides: { base: string; now: string }): string {
  const rows = changes.map((change) => {
    const { word, metric, basis, judged = true, base, now } = change;
    return [
      judged ? word : `(${word})`,
      `${metric}${BASIS_WORDS[basis]}`,
      sizeWords(metric, base),
      sizeWords(metric, now),
      ...shiftCells(change),
    ];
  });
  const head = [
    '',
    'METRIC',
    `${sides.base}: MEDIAN, 95 %`,
    `${sides.now}: MEDIAN, 95 %`,
    'SHIFT',
    '95 %',
    'P',
    '',
  ];
  const notes = changes.every(({ judged = true }) => judged)
    ? ''
    : 'In brackets: nothing is expected of it, p is not corrected, and it decides nothing.\n';
  const legends = [...new Set(changes.map(({ basis }) => basis))].map((basis) => LEGENDS[basis]);
  return textTable(head, rows) + legends.join('') + notes;
}

function sizeWords(metric: string, size: MedianInterval | undefined): string {
  if (!size) return 'not known';
  const { n, median, low, high } = size;
  const range = Number.isFinite(low) ? ` ${formatRange(metric, low, high)}` : '';
  return `${formatValue(metric, median)}${range} (n ${n})`;
}

function shiftCells({ metric, shift, margin, why, word, machines }: ChangeRow): string[] {
  if (!shift || margin === undefined)
    return ['', '', '', why ?? (word === 'too few trials' ? `needs ${LEAST_VALUES} on both sides` : '')];
  const { by, low, high, p } = shift;
  const each = machines === undefined ? '' : `, ${machines} machines apart`;
  return [
    signed(metric, by),
    `${signed(metric, low)} to ${signed(metric, high)}`,
    probability(p),
    why ?? `worse or better beyond ± ${formatValue(metric, margin)}${each}`,
  ];
}

export function probability(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** A difference with its sign. */
export function signed(metric: string, value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '+∞' : '-∞';
  return `${value > 0 ? '+' : ''}${formatValue(metric, value)}`;
}
