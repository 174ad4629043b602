import { describe, expect, test } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import { seededRandom } from '../../../harness/ground/random.ts';
import type { Journal, Trial } from '../../../harness/journal/journal.ts';
import { type Comparison, compareRuns } from '../../../harness/report/compare/comparison.ts';
import { comparisonText } from '../../../harness/report/compare/comparison-text.ts';
import { crashTrial, journalOf, unknownTrial } from './journals.ts';
import { phasedRun, phasedTrial, withoutPhases } from './phased-trials.ts';

const PROBES = [{ name: 'udp', kind: 'udp', options: { interval: 10 } }];
const side = (journal: Journal, probes: typeof PROBES | undefined = PROBES) => ({
  folder: '/results/run',
  journal,
  probes,
});
const compared = (base: Journal, now: Journal) => compareRuns(side(base), side(now));
const outage = ({ metrics }: Comparison) => metrics.find(({ metric }) => metric === 'udp.outage_ms')!;

describe('two sets of trials of one configuration', () => {
  test('are no regression in 95 of 100', { timeout: 30_000 }, () => {
    const alarms = Array.from({ length: 100 }, (_, at) =>
      compared(phasedRun(2 * at + 1, 20), phasedRun(2 * at + 2, 20)),
    ).filter(({ verdict }) => verdict !== 'pass');
    expect(alarms.length).toBeLessThanOrEqual(5);
  });

  test('are no regression in 95 of 100 resamplings of the same trials', { timeout: 30_000 }, () => {
    const { trials } = phasedRun(1, 40);
    const random = seededRandom(2);
    const drawn = () =>
      journalOf(
        Array.from({ length: 20 }, (_, at) => ({ ...trials[random.integer(0, 39)]!, index: at + 1 })),
      );
    const alarms = Array.from({ length: 100 }, () => compared(drawn(), drawn())).filter(
      ({ verdict }) => verdict !== 'pass',
    );
    expect(alarms.length).toBeLessThanOrEqual(5);
  });
});

describe('adverts of 2 s instead of 1 s', () => {
  const [base, now] = [phasedRun(1, 6), phasedRun(2, 6, { advert_ms: 2000 })];

  test('are found with six trials each, with what they cost clients', () => {
    const found = compared(base, now);
    expect(found.verdict).toBe('fail');
    expect(outage(found)).toMatchObject({ word: 'worse', basis: 'mid-interval', judged: true });
    expect(outage(found).shift!.by).toBeCloseTo(3305, -2);
    expect(compared(now, base).metrics[0]!.word).toBe('better');
    expect(compared(now, base).verdict).toBe('pass');
  });

  test('explain all of it: the residual is what it was', () => {
    const residual = compared(base, now).metrics.find(({ basis }) => basis === 'residual')!;
    expect(residual).toMatchObject({ word: 'no difference shown', judged: false });
    expect(compared(base, now).differences.join()).toContain('what is allowed: VRRPv3: 3 x 1 s');
  });

  test('are too few with five trials each', () => {
    const found = compared(phasedRun(1, 5), phasedRun(2, 5, { advert_ms: 2000 }));
    expect(outage(found).word).toBe('too few trials');
    expect(found.verdict).toBe('unknown');
  });
});

describe('a takeover 60 ms later with the same adverts, ten trials each', () => {
  const pairs = Array.from({ length: 20 }, (_, at) => {
    const later = phasedRun(200 + at, 10, { advert_ms: 1000, delay_ms: 60 });
    return [phasedRun(100 + at, 10), later] as const;
  });

  test('is found by residuals, every time', () => {
    const found = pairs.map(([base, now]) => compared(base, now));
    expect(found.map((one) => outage(one).word)).toEqual(pairs.map(() => 'worse'));
    expect(outage(found[0]!).shift!.by).toBeGreaterThan(55);
    expect(outage(found[0]!).shift!.by).toBeLessThan(65);
    expect(outage(found[0]!).basis).toBe('residual');
  });

  test('is not found in the outages themselves', () => {
    const words = pairs.map(([base, now]) => outage(compared(withoutPhases(base), withoutPhases(now))).word);
    expect(words.filter((word) => word === 'worse').length).toBeLessThanOrEqual(1);
  });
});

test('a value without its phase makes all of them count as they are, and none is left out', () => {
  const base = phasedRun(1, 10);
  const open = crashTrial(10, 15_000, 50, { bounds: {} });
  const now = journalOf([...phasedRun(2, 10).trials.slice(0, 9), open]);
  expect(outage(compared(base, now))).toMatchObject({ basis: 'value', now: { n: 10 } });
});

describe('what must not be compared is refused', () => {
  const base = phasedRun(1, 10);
  const faults = base.trials[0]!.faults.map((fault) => ({ ...fault, target: 'r1' }));
  const other: Journal = { ...base, trials: base.trials.map((trial) => ({ ...trial, faults })) };
  test.each<[string, Journal, typeof PROBES, string]>([
    ['another drill', { ...base, drill: 'l3/other' }, PROBES, "'l3/node-crash' and 'l3/other'"],
    ['another fault', other, PROBES, 'crash of host:master(router), and crash of r1'],
    [
      'another interval',
      base,
      [{ name: 'udp', kind: 'udp', options: { interval: 1 } }],
      "interval of probe 'udp' is 10, and 1",
    ],
    ['another probe', base, [], "only one of them has a probe 'udp'"],
  ])('%s', (_, now, probes, words) => {
    expect(() => compareRuns(side(base), side(now, probes))).toThrow(InputError);
    expect(() => compareRuns(side(base), side(now, probes))).toThrow(words);
  });

  test('a run whose probes were not noted is compared', () => {
    expect(compareRuns({ ...side(base), probes: undefined }, side(base)).verdict).toBe('pass');
  });
});

test('what else differs is said', () => {
  const base = phasedRun(1, 10);
  const environment = { ...base.environment, machine: 'b', versions: { keepalived: '2.3.4' } };
  const now = { ...phasedRun(2, 10), profile: 'fast', environment };
  const text = comparisonText(compared(base, now));
  expect(text).toContain(
    'Different: profile: sla -> fast; keepalived: 2.3.3 -> 2.3.4; conntrackd: 1.4.8 -> none',
  );
  expect(text).toContain('machine: none -> b');
  expect(comparisonText(compared(base, base))).toContain('Nothing else that was noted differs.');
});

describe('how often something goes wrong', () => {
  const some = (count: number, seed = 3) =>
    journalOf(
      Array.from({ length: 20 }, (_, at): Trial => {
        const broken = at < count;
        return {
          ...phasedTrial(at + 1, seededRandom(seed * 100 + at), {
            advert_ms: 1000,
            survived: broken ? 40 : 50,
          }),
          verdict: broken ? 'fail' : 'pass',
        };
      }),
    );

  test('is compared by trials, and what so few could not see is said', () => {
    const found = compared(some(0), some(7, 4));
    const rate = found.rates.find(({ what }) => what.includes('tcp.survived_ratio'))!;
    expect(rate).toMatchObject({ word: 'worse', base: { count: 0, of: 20 }, now: { count: 7, of: 20 } });
    expect(found.verdict).toBe('fail');
    expect(comparisonText(found)).toMatch(
      /worse +trials that break tcp\.survived_ratio == 1 +0 of 20 .* 7 of 20/,
    );
    expect(comparisonText(found)).toContain('What happens in less than 13.9 % of trials may not show in 20.');
  });

  test('three of twenty are no proof by themselves, but a verdict that was pass is a regression', () => {
    const found = compared(some(0), some(3, 4));
    expect(found.rates.every(({ word }) => word === 'no difference shown')).toBe(true);
    expect(found.flips.map(({ what }) => what)).toEqual(['the run', 'tcp.survived_ratio == 1']);
    expect(comparisonText(found)).toMatch(/^WORSE l3\/node-crash: the run failed \(was pass\)/);
    expect(compared(some(3), some(3, 4)).verdict).toBe('pass');
  });

  test('of trials that do not count is shown', () => {
    const lost = journalOf([
      ...some(0).trials.slice(0, 12),
      ...Array.from({ length: 8 }, (_, at) => unknownTrial(13 + at, 'no')),
    ]);
    const found = compared(some(0), lost);
    expect(found.rates.at(-1)).toMatchObject({ word: 'worse', judged: false, now: { count: 8, of: 20 } });
    expect(found.verdict).toBe('unknown');
  });
});

test('trials of several machines are compared with those of the same machine', () => {
  const on = (machine: string, seed: number, count: number, delay_ms: number) =>
    phasedRun(seed, count, { advert_ms: 1000, delay_ms }).trials.map((trial) => ({ ...trial, machine }));
  const merged = (seed: number, a: number, b: number) =>
    journalOf(
      [...on('a', seed, a, 0), ...on('b', seed + 1, b, 80)].map((one, at) => ({ ...one, index: at + 1 })),
    );
  // The slow machine made more of the later trials.
  const found = outage(compared(merged(1, 14, 6), merged(3, 6, 14)));
  expect(found).toMatchObject({ word: 'no difference shown', machines: 2 });
  expect(Math.abs(found.shift!.by)).toBeLessThan(10);
});
