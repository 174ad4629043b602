import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type AnalysedTrial, analyseTrial } from '../../../harness/analysis/analyse-trial.ts';
import type { RunFacts } from '../../../harness/journal/run-facts.ts';
import type { TrialFacts } from '../../../harness/journal/trial-facts.ts';
import { judgeExpectations } from '../../../harness/verdict/judge.ts';
import { changeAnswers, changeFacts, copyOfRun, RUN, readJson } from './run-copy.ts';

const run = await readJson<RunFacts>(RUN, 'run.json');
/** It passes, and its outage is 364.5 ms by timestamps, 360 ms by loss. */
const GOOD = 'trial-2';

const analysed = (folder: string, trial = GOOD): Promise<AnalysedTrial> =>
  analyseTrial(run, path.join(folder, trial));

async function withFacts(change: (facts: TrialFacts) => Partial<TrialFacts>) {
  const folder = await copyOfRun();
  await changeFacts(folder, GOOD, change);
  return (await analysed(folder)).trial;
}

/** Besides the phases. */
const LOST = [
  ...['tcp.recovery_ms', 'tcp.retransmitted', 'udp.wire_outage_ms', 'udp.wire_outage_error_ms'],
  ...['vip.fault_phase_ms', 'vip.detection_ms', 'vip.takeover_ms', 'etsi.availability_level'],
  ...['vip.commit_window_resets', 'vip.commit_window_dropped'],
];

describe('a capture that lacks something', () => {
  const spoiled = (change: object) =>
    withFacts(({ captures }) => ({
      captures: captures.map((one) => (one.segment === 'inside' ? { ...one, ...change } : one)),
    }));

  test.each([
    [{ dropped: 3 }, "the capture on segment 'inside' lacks 3 packets"],
    [{ full: true }, "the capture on segment 'inside' was full before the trial ended"],
  ])('%j costs what rests on the captures, by name, and nothing else', async (change, reason) => {
    const whole = (await analysed(RUN)).trial;
    const trial = await spoiled(change);
    expect(trial.verdict).toBe('pass');
    const lost = Object.keys(whole.metrics).filter((metric) => !(metric in trial.metrics));
    expect(lost.filter((metric) => !metric.startsWith('phase.'))).toEqual(LOST);
    expect(lost.filter((metric) => metric.startsWith('phase.'))).toHaveLength(7);
    for (const metric of lost) expect(trial.missing_metrics![metric]).toBe(reason);
    for (const [metric, value] of Object.entries(trial.metrics))
      if (metric !== 'trial.needed_ms') expect(value, metric).toBe(whole.metrics[metric]);
    // Where in the interval the fault fell is only on the wire.
    const { at_phase, ...bound } = whole.bounds['udp.outage_ms']!;
    expect(at_phase).toBeCloseTo(380.5 - whole.metrics['vip.fault_phase_ms']!, 1);
    expect(trial.bounds['udp.outage_ms']).toEqual(bound);
    expect(trial.outages).toEqual(whole.outages);
    expect(trial.notes!.join()).toContain(`${reason}: not known are `);
    const kinds = trial.timeline.map(({ event }) => event);
    expect(kinds).toContain('address');
    expect(kinds).not.toContain('first-advert');
  });

  test('what it shows of the outage contradicts nothing', async () => {
    const folder = await copyOfRun();
    await changeAnswers(folder, GOOD, ({ at_ms }) => (at_ms > 300 && at_ms < 560 ? false : undefined));
    expect((await analysed(folder)).trial.reason).toContain('on the wire');
    await changeFacts(folder, GOOD, ({ captures }) => ({
      captures: captures.map((one) => ({ ...one, dropped: 1 })),
    }));
    const { trial } = await analysed(folder);
    expect(trial).toMatchObject({ verdict: 'pass' });
    expect(trial.metrics['udp.outage_ms']).toBeGreaterThan(500);
  });

  test('an expectation on what rests on it is unknown, with the reason', async () => {
    const trial = await spoiled({ dropped: 3 });
    const wanted = { stat: 'each', op: '<=', value: 500 } as const;
    const [of_wire, of_probe] = judgeExpectations(
      [
        { ...wanted, metric: 'vip.detection_ms' },
        { ...wanted, metric: 'udp.outage_ms' },
      ],
      [trial],
    );
    expect(of_wire).toMatchObject({
      verdict: 'unknown',
      detail: "trial 1: no value: the capture on segment 'inside' lacks 3 packets",
    });
    expect(of_probe!.verdict).toBe('pass');
  });
});
