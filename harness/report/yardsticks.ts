import { largest } from '../ground/extremes.ts';
import { formatValue, tellingExactness } from '../journal/format-value.ts';
import type { Journal } from '../journal/journal.ts';
import { isLowerBound } from '../journal/trusted.ts';
import { probesWith, trustedTrials, valuesOf } from '../journal/trusted-trials.ts';
import {
  meetsYardstickTarget,
  TL9000_OUTAGE_MS,
  YARDSTICK_SPACING_MS,
  YARDSTICK_TARGET_MS,
} from '../outage/yardsticks.ts';
import { type Measured, measuredIn, measuredWords, quantileOf, spanWords } from './lower-bounds.ts';

/** What other measures make of the same trials: one sentence each. */
export function yardstickSentences(journal: Journal): string[] {
  const probes = probesWith(journal, 'yardstick_outage_ms');
  return [
    ...probes.map((probe) => probeSentence(journal, probe, probes.length > 1)),
    ...levelSentence(journal),
  ];
}

function probeSentence(journal: Journal, probe: string, hasOthers: boolean): string {
  const by = hasOthers ? ` (probe ${probe})` : '';
  const trials = trustedTrials(journal);
  // What others read of an outage that was not over is as much a lower bound as its length.
  const measured = (measure: string) =>
    trials.flatMap((trial) =>
      measuredIn([trial], `${probe}.${measure}`).map(({ value }) => ({
        value,
        at_least: isLowerBound(trial, `${probe}.outage_ms`),
      })),
    );
  const outages = measured('outage_ms');
  const counted = measured('tl9000_outage').filter(({ value }) => value > 0).length;
  const uncounted = outages.some(({ value, at_least }) => at_least && value < TL9000_OUTAGE_MS);
  const count =
    counted === 0 ? (uncounted ? 'may count one' : 'counts no outage') : `counts ${counted} of them`;
  return (
    `By other yardsticks${by}: OPNFV Yardstick, which looks every ${formatValue('_ms', YARDSTICK_SPACING_MS)}, ` +
    `would have read ${spanWords('_ms', measured('yardstick_outage_ms'))}. ${targetSentence(outages, journal.trials.length)} ` +
    `A ping every 100 ms lost ${spanWords('', measured('neutron_pings_lost'))} (Neutron's tests want fewer than 90). ` +
    `TL 9000 ${count} (${formatValue('_ms', TL9000_OUTAGE_MS)} or more).`
  );
}

/** By the outage itself, not by what Yardstick would have read of it. */
function targetSentence(outages: readonly Measured[], made: number): string {
  const worst = quantileOf(outages, 1);
  const is_none = worst.value === 0 && !worst.at_least;
  const target = `less than ${formatValue('_ms', YARDSTICK_TARGET_MS)}`;
  const which = outages.length > 1 ? 'the longest outage' : 'the outage';
  const met = meetsYardstickTarget(worst.value);
  const saw = is_none
    ? 'there was no outage'
    : `${which} was ${measuredWords('_ms', worst, tellingExactness('_ms', worst.value, [YARDSTICK_TARGET_MS]))}`;
  if (met && worst.at_least) return `Whether its target, ${target}, was met is not known: ${saw}.`;
  // Of a trial whose numbers do not count this is not known.
  const of = outages.length < made ? ` in the ${outages.length} of ${made} trials that count` : '';
  return `Its target, ${target}, was ${met ? `met${of}` : 'missed'}: ${saw}.`;
}

function levelSentence(journal: Journal): string[] {
  const levels = valuesOf(journal, 'etsi.availability_level').map(({ value }) => value);
  if (levels.length === 0) return [];
  // Level 0 is none at all: the worst of them.
  const worst = levels.includes(0) ? 0 : largest(levels);
  const what = worst === 0 ? 'no service availability level' : `service availability level ${worst}`;
  const made = journal.trials.length;
  const where =
    levels.length < made ? ` in ${levels.length} of ${made} trials` : made > 1 ? ' in every trial' : '';
  return [`ETSI NFV-REL: ${what} was reached${where}.`];
}
