import { largest, smallest } from '../ground/extremes.ts';
import type { ExpectationRecord, Journal } from '../journal/journal.ts';
import { parseMetricName } from '../journal/metric-name.ts';
import type { Section } from '../journal/section.ts';
import { valuesOf } from '../journal/trusted-trials.ts';

/** Of probes whose sessions have a side that speaks and one that answers. */
const SPEAKERS = [
  { measure: 'client_first_survived_ratio', speaker: 'client' },
  { measure: 'server_first_survived_ratio', speaker: 'server' },
] as const;

/**
 * Which sessions lived on, by who speaks first after the takeover, beside what the drill expects of each; undefined where
 * it expects nothing of that.
 */
export function speakerTable(journal: Journal): Section | undefined {
  const expected = journal.expectations.flatMap((expectation) => {
    const { subject: probe, measure, fault } = parseMetricName(expectation.metric);
    const speaker = SPEAKERS.find((one) => one.measure === measure)?.speaker;
    return speaker && fault === undefined ? [{ probe, speaker, expectation }] : [];
  });
  if (expected.length === 0) return undefined;
  const cell = (probe: string, speaker: string) =>
    expected.find((one) => one.probe === probe && one.speaker === speaker)?.expectation;
  const differing = expected.filter(({ expectation }) => expectation.verdict === 'fail');
  return {
    title: 'Which sessions lived on, by who speaks first after the takeover',
    head: ['PROBE', ...SPEAKERS.flatMap(({ speaker }) => [`${speaker.toUpperCase()} FIRST`, 'EXPECTED']), ''],
    align: ['left', 'left', 'left', 'left', 'left', 'left'],
    rows: [...new Set(expected.map(({ probe }) => probe))].map((probe) => {
      const cells = SPEAKERS.map(({ speaker }) => cell(probe, speaker));
      const differs = cells.some((one) => one?.verdict === 'fail');
      return [
        probe,
        ...cells.flatMap((one) => (one ? [seen(journal, one), wanted(one)] : ['', ''])),
        differs ? 'DIFFERS' : '',
      ];
    }),
    notes: differing.map(
      ({ probe, speaker, expectation }) =>
        `${probe}, ${speaker} first: ${seen(journal, expectation)} lived on, ${wanted(expectation)} expected.`,
    ),
  };
}

function wanted({ op, value }: ExpectationRecord): string {
  return op === '==' ? share(value) : `${op} ${share(value)}`;
}

/** Over the trials whose numbers count. */
function seen(journal: Journal, { metric }: ExpectationRecord): string {
  const values = valuesOf(journal, metric).map(({ value }) => value);
  if (values.length === 0) return 'not measured';
  const [least, most] = [smallest(values), largest(values)];
  return least === most ? share(least) : `${share(least)} to ${share(most)}`;
}

function share(ratio: number): string {
  if (ratio === 1) return 'all';
  return ratio === 0 ? 'none' : `${Math.round(100 * ratio)} %`;
}
