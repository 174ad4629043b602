import type { Journal } from '../journal/journal.ts';
import { TL9000_OUTAGE_MS, YARDSTICK_SPACING_MS, YARDSTICK_TARGET_MS } from '../measure/yardsticks.ts';
import { formatRange, formatValue } from './format-value.ts';
import { metricNames, valuesOf } from './trusted.ts';

/** What other measures make of the same trials: one sentence each. */
export function yardstickSentences(journal: Journal): string[] {
  const probes = metricNames(journal)
    .filter((name) => name.endsWith('.yardstick_outage_ms'))
    .map((name) => name.slice(0, name.lastIndexOf('.')));
  return [
    ...probes.map((probe) => probeSentence(journal, probe, probes.length > 1)),
    ...levelSentence(journal),
  ];
}

function probeSentence(journal: Journal, probe: string, hasOthers: boolean): string {
  const by = hasOthers ? ` (probe ${probe})` : '';
  const worst = Math.max(...valuesOf(journal, `${probe}.outage_ms`).map(({ value }) => value));
  const target = worst < YARDSTICK_TARGET_MS ? 'met' : 'missed';
  const outages = valuesOf(journal, `${probe}.tl9000_outage`).filter(({ value }) => value > 0).length;
  return (
    `By other yardsticks${by}: OPNFV Yardstick, which looks every ${formatValue('_ms', YARDSTICK_SPACING_MS)}, ` +
    `would have read ${range(journal, `${probe}.yardstick_outage_ms`)}; its target of ` +
    `${formatValue('_ms', YARDSTICK_TARGET_MS)} was ${target}. A ping every 100 ms lost ` +
    `${range(journal, `${probe}.neutron_pings_lost`)} (Neutron's tests want fewer than 90). TL 9000 counts ` +
    `${outages === 0 ? 'no outage' : `${outages} of them`} (${formatValue('_ms', TL9000_OUTAGE_MS)} or more).`
  );
}

function levelSentence(journal: Journal): string[] {
  const levels = valuesOf(journal, 'etsi.availability_level').map(({ value }) => value);
  if (levels.length === 0) return [];
  // Level 0 is none at all: the worst of them.
  const worst = levels.includes(0) ? 0 : Math.max(...levels);
  const what = worst === 0 ? 'no service availability level' : `service availability level ${worst}`;
  return [`ETSI NFV-REL: ${what} was reached${levels.length > 1 ? ' in every trial' : ''}.`];
}

function range(journal: Journal, metric: string): string {
  const values = valuesOf(journal, metric).map(({ value }) => value);
  return formatRange(metric, Math.min(...values), Math.max(...values));
}
