import { formatValue } from '../../journal/format-value.ts';
import { textTable } from '../text-table.ts';
import { type LastChange, LEAST_VALUES, type MetricChange } from './last-change.ts';

/** What the last run of each profile says beside the runs before it; ends with a newline. */
export function changeReport(changes: readonly LastChange[]): string {
  return changes.map(profileBlock).join('\n');
}

function profileBlock({ last, before, newly_failed, changes }: LastChange): string {
  const day = last.started_at.slice(0, 16).replace('T', ' ');
  const of = last.profile === 'default' ? '' : ` (profile ${last.profile})`;
  if (before.length === 0)
    return `The run of ${day}${of} has none with numbers before it to be compared with.\n`;
  const runs = before.length === 1 ? 'the run' : `the ${before.length} runs`;
  const failed = newly_failed ? 'It failed, and the run before it had passed.\n' : '';
  const rows = changes.map((change) => [
    change.word,
    change.metric,
    sizeWords(change.metric, change.before),
    sizeWords(change.metric, change.last),
    ...shiftCells(change),
  ]);
  const head = ['', 'METRIC', 'BEFORE', 'LAST', 'SHIFT', '95 % INTERVAL', 'P', ''];
  return `The run of ${day}${of} beside ${runs} before it:\n${failed}\n${textTable(head, rows)}`;
}

function sizeWords(metric: string, size: MetricChange['before']): string {
  return size ? `${formatValue(metric, size.median)} (n ${size.n})` : 'not known';
}

function shiftCells({ metric, shift, margin, why, word }: MetricChange): string[] {
  if (!shift || margin === undefined) {
    return ['', '', '', why ?? (word === 'too few trials' ? `needs ${LEAST_VALUES} on both sides` : '')];
  }
  const { by, low, high, p } = shift;
  return [
    signed(metric, by),
    `${signed(metric, low)} to ${signed(metric, high)}`,
    p < 0.001 ? '< 0.001' : p.toFixed(3),
    why ?? `worse or better beyond ± ${formatValue(metric, margin)}`,
  ];
}

function signed(metric: string, value: number): string {
  return `${value > 0 ? '+' : ''}${formatValue(metric, value)}`;
}
