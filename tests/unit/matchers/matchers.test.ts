import { describe, expect, test } from 'vitest';
import { assembleJournal } from '../../../harness/analysis/assemble-journal.ts';
import type { Journal, Trial } from '../../../harness/journal/journal.ts';
import type { RunFacts } from '../../../harness/journal/run-facts.ts';
import '../../../harness/vitest.ts';
import { RUN, readJson } from '../analysis/run-copy.ts';
import { crashTrial } from '../report/journals.ts';

const facts = await readJson<RunFacts>(RUN, 'run.json');
const run = (...trials: Trial[]): { journal: Journal; folder: string } => ({
  journal: assembleJournal({ ...facts, expect: [] }, trials, []),
  folder: '/somewhere/results/1',
});
const owners = (count: number) =>
  crashTrial(1, 3000, 50, { metrics: { 'vip.owners_max': count } as Trial['metrics'] });
const lost = (index: number) =>
  crashTrial(index, 3000, 50, { verdict: 'unknown', reason: 'starved: it was late' });

describe('matchers on a result', () => {
  test.each<[string, () => void]>([
    ['recovers', () => expect(run(crashTrial(1, 3900))).toRecoverWithin('4s')],
    ['recovers at the limit', () => expect(run(crashTrial(1, 4000))).toRecoverWithin('4s')],
    ['does not recover', () => expect(run(crashTrial(1, 4100))).not.toRecoverWithin('4s')],
    ['survives', () => expect(run(crashTrial(1, 3000), crashTrial(2, 3000))).toSurvive()],
    ['does not survive', () => expect(run(crashTrial(1, 3000), crashTrial(2, 3000, 49))).not.toSurvive()],
    ['has one owner', () => expect(run(owners(1))).toHaveSingleOwner()],
    ['has two owners', () => expect(run(owners(2))).not.toHaveSingleOwner()],
    ['passes', () => expect(run(crashTrial(1, 3000))).toPass()],
  ])('%s', (_, claim) => {
    claim();
  });

  test.each<[string, () => void, RegExp]>([
    [
      'an outage that is too long',
      () => expect(run(crashTrial(1, 4100))).toRecoverWithin('4s'),
      /^expected the service to recover within 4s: it did not\n {2}udp\.outage_ms: trial 1: wanted <= 4000, observed 4100\n/,
    ],
    [
      'one of two trials',
      () => expect(run(crashTrial(1, 3000), crashTrial(2, 5000))).toRecoverWithin('4s'),
      /trial 2: wanted <= 4000, observed 5000/,
    ],
    [
      'one that was not over',
      () => expect(run(crashTrial(1, 3000, 50, { lower_bounds: ['udp.outage_ms'] }))).toRecoverWithin('4s'),
      /could not be measured[\s\S]*at least 3000/,
    ],
    [
      'an outage that is shorter than it must not be',
      () => expect(run(crashTrial(1, 3000))).not.toRecoverWithin('4s'),
      /^expected not the service to recover within 4s: it did\n/,
    ],
    ['lost sessions', () => expect(run(crashTrial(1, 3000, 40))).toSurvive(), /observed 0\.8\n/],
    ['two owners', () => expect(run(owners(2))).toHaveSingleOwner(), /vip\.owners_max: .* observed 2\n/],
    [
      'a trial that is unknown',
      () => expect(run(lost(1))).toRecoverWithin('4s'),
      /could not be measured[\s\S]*starved/,
    ],
    [
      'the same, whatever is claimed',
      () => expect(run(lost(1))).not.toRecoverWithin('4s'),
      /could not be measured/,
    ],
    [
      'one unknown trial of two',
      () => expect(run(crashTrial(1, 3000), lost(2))).toSurvive(),
      /could not be measured/,
    ],
  ])('say what was found: %s', (_, claim, words) => {
    expect(claim).toThrow(words);
  });

  test('a failing one leads to the records', () => {
    const claim = () => expect(run(crashTrial(1, 4100))).toRecoverWithin('4s');
    expect(claim).toThrow(/\nreport: \/somewhere\/results\/1$/);
  });

  test('what nothing measured holds neither for a claim nor for its contrary', () => {
    const { 'tcp.survived_ratio': _, ...metrics } = crashTrial(1, 3000).metrics;
    const result = run({ ...crashTrial(1, 3000), metrics });
    expect(() => expect(result).toSurvive()).toThrow(/no probe measured sessions: .* of kind tcp/);
    expect(() => expect(result).not.toSurvive()).toThrow(/no probe measured sessions/);
  });

  test('is refused where there is no result', () => {
    expect(() => expect(3).toPass()).toThrow('this matcher judges a result');
  });
});

test('a failing one tells what happened in the trial with the longest outage', () => {
  const timeline = [
    { at_ms: 0, event: 'fault' as const, detail: 'crash of host:node1 (r1)' },
    { at_ms: 3012.5, event: 'outage-end' as const, detail: 'udp is answered again' },
  ];
  const claim = () => expect(run(crashTrial(1, 4100, 50, { timeline }))).toRecoverWithin('4s');
  expect(claim).toThrow(
    /\nTimeline of trial 1\n.*\n +0\.0 ms +crash of host:node1 \(r1\)\n +3012\.5 ms +udp is answered again\n/,
  );
});
