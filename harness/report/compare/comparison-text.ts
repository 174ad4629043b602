import type { Rate } from '../../ground/wilson.ts';
import { formatRange, formatValue } from '../../journal/format-value.ts';
import { textTable } from '../text-table.ts';
import { BASIS_WORDS, changeTable, probability, signed } from './change-table.ts';
import type { Comparison, SideFacts } from './comparison.ts';
import type { MetricChange } from './metric-changes.ts';
import type { RateChange } from './rate-changes.ts';

/** A comparison for people: what changed first, then every number; ends with a newline. */
export function comparisonText(comparison: Comparison): string {
  const { drill, base, now, differences, flips, metrics, rates } = comparison;
  const shown = rates.filter(({ base: before, now: after }) => before.count + after.count > 0);
  return [
    `${headline(comparison)}\n`,
    `base: ${sideWords(base)}\nnew:  ${sideWords(now)}\n`,
    differences.length > 0
      ? `Different: ${differences.join('; ')}\n`
      : 'Nothing else that was noted differs.\n',
    ...flips.map(({ what, from, to, known }) => `${from} -> ${to}${known ? ' (known)' : ''}: ${what}\n`),
    metrics.length > 0
      ? `\n${changeTable(metrics, { base: 'BASE', now: 'NEW' })}`
      : `\nThere is no metric of ${drill} to compare.\n`,
    shown.length > 0 ? `\n${rateTable(shown)}` : '',
    visibleSentence(rates),
  ].join('');
}

/** `WORSE l3/node-crash: udp.outage_ms by 61 ms (95 % interval 58 to 64 ms)` */
function headline(comparison: Comparison): string {
  const { word, why } = comparisonOutcome(comparison);
  return `${word} ${comparison.drill}: ${why}`;
}

/** What comes out of a comparison, in a word and in what it rests on: `WORSE`, `udp.outage_ms by 61 ms (…)`. */
export function comparisonOutcome({ verdict, flips, metrics, rates, now }: Comparison): {
  word: 'WORSE' | 'UNKNOWN' | 'BETTER' | 'NO DIFFERENCE SHOWN';
  why: string;
} {
  const judged = metrics.filter((one) => one.judged);
  const failed = flips
    .filter(({ to, known }) => to === 'fail' && !known)
    .map(({ what, from }) => `${what} failed (was ${from})`);
  const reasons = [
    ...failed,
    ...judged.filter(({ word }) => word === 'worse').map(shiftWords),
    ...rates
      .filter(({ word, judged: counts }) => counts && word === 'worse')
      .map(({ what }) => `more ${what}`),
  ];
  if (verdict === 'fail') return { word: 'WORSE', why: reasons.join('; ') };
  if (verdict === 'unknown') {
    const lacking = judged.filter(({ word }) => word === 'too few trials' || word === 'not known');
    const why = lacking.map(({ metric, word }) => `${metric}: ${word}`);
    return { word: 'UNKNOWN', why: why.length > 0 ? why.join('; ') : `the new run is ${now.verdict}` };
  }
  const better = judged.filter(({ word }) => word === 'better').map(shiftWords);
  return better.length > 0
    ? { word: 'BETTER', why: better.join('; ') }
    : { word: 'NO DIFFERENCE SHOWN', why: 'nothing is worse' };
}

function shiftWords({ metric, basis, shift }: MetricChange): string {
  const { by, low, high } = shift!;
  return `${metric}${BASIS_WORDS[basis]} by ${signed(metric, by)} (95 % interval ${signed(metric, low)} to ${signed(metric, high)})`;
}

function sideWords({ folder, started_at, profile, seed, verdict, trials, trusted }: SideFacts): string {
  const counts = trusted < trials ? `${trusted} of ${trials} trials count` : `${trials} trials`;
  const when = started_at.slice(0, 16).replace('T', ' ');
  return `${verdict.toUpperCase()}, ${counts}, profile ${profile}, seed ${seed}, ${when} UTC, ${folder}`;
}

function rateTable(rates: readonly RateChange[]): string {
  const rows = rates.map(({ what, base, now, base_interval, now_interval, p, word, judged }) => [
    judged ? word : `(${word})`,
    what,
    rateWords(base, base_interval),
    rateWords(now, now_interval),
    probability(p),
  ]);
  return textTable(['', 'HOW OFTEN', 'BASE, 95 %', 'NEW, 95 %', 'P'], rows);
}

function rateWords({ count, of }: Rate, interval: [number, number] | undefined): string {
  const range = interval ? ` (${formatRange('_ratio', ...interval)})` : '';
  return `${count} of ${of}${range}`;
}

/** What the trials could not have seen. */
function visibleSentence(rates: readonly RateChange[]): string {
  const best = rates.find(({ judged, visible }) => judged && visible !== undefined);
  if (!best) return '';
  const rate = formatValue('_ratio', best.visible!);
  return `What happens in less than ${rate} of trials may not show in ${best.now.of}.\n`;
}
