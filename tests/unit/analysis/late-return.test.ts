import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type AnalysedTrial, analyseTrial } from '../../../harness/analysis/analyse-trial.ts';
import type { RunFacts } from '../../../harness/journal/run-facts.ts';
import type { TrialFacts } from '../../../harness/journal/trial-facts.ts';
import { changeAnswers, changeFacts, copyOfRun, RUN, readJson } from './run-copy.ts';

const GOOD = 'trial-2';
const run = await readJson<RunFacts>(RUN, 'run.json');
const { windows } = await readJson<TrialFacts>(RUN, path.join(GOOD, 'facts.json'));
const { fault_ns, heal_ns, end_ns } = windows!;
const RETURN_NS = (heal_ns + end_ns) / 2;

/** The trial, had the machine woken the fabric 60 ms late at that moment. */
async function lateAt(late_ns: number): Promise<string> {
  const folder = await copyOfRun();
  await changeFacts(folder, GOOD, ({ pressure }) => {
    const at = pressure.findIndex(({ at_ns }) => at_ns >= late_ns);
    const sample = { ...pressure[Math.max(0, at - 1)]!, at_ns: late_ns, overslept_ns: 60e6 };
    return { pressure: pressure.toSpliced(at < 0 ? pressure.length : at, 0, sample) };
  });
  return folder;
}

const analysed = (folder: string, expect_of: readonly string[] = []): Promise<AnalysedTrial> =>
  analyseTrial(
    { ...run, expect: expect_of.map((metric) => ({ metric, stat: 'each', op: '<=', value: 1e6 })) },
    path.join(folder, GOOD),
  );

const REASON = 'starved: it woke the fabric 60 ms late after healing began (limit 50 ms)';

test('a machine that was late only after healing began costs what is of that time, by name, and nothing else', async () => {
  const { trial: whole } = await analysed(RUN);
  const folder = await lateAt(RETURN_NS);
  const { trial, starved } = await analysed(folder, ['udp.outage_ms', 'vip.takeover_ms']);
  expect({ verdict: trial.verdict, starved }).toEqual({ verdict: 'pass', starved: false });
  expect(trial.reason).toBeUndefined();
  for (const metric of ['udp.outage_ms', 'udp.outage_error_ms', 'vip.takeover_ms', 'phase.detection_ms'])
    expect(trial.metrics[metric], metric).toBe(whole.metrics[metric]);
  expect(trial.bounds['udp.outage_ms']).toEqual(whole.bounds['udp.outage_ms']);
  const lost = Object.keys(whole.metrics).filter((metric) => !(metric in trial.metrics));
  expect(lost).toEqual(
    expect.arrayContaining(['rejoin.outage_ms', 'vip.owners_max', 'udp.lost', 'tcp.survived']),
  );
  for (const metric of lost) expect(trial.missing_metrics![metric]).toBe(REASON);
  expect(trial.notes!.join()).toContain(`${REASON}: not known are `);
});

test('a trial that lost what the drill expects something of is to be repeated', async () => {
  const folder = await lateAt(RETURN_NS);
  const { trial, starved } = await analysed(folder, ['udp.outage_ms', 'rejoin.outage_ms']);
  expect({ verdict: trial.verdict, starved }).toEqual({ verdict: 'pass', starved: true });
  expect(trial.missing_metrics!['rejoin.outage_ms']).toBe(REASON);
  expect(trial.reason).toBe(REASON);
});

test('late before healing began, nothing can be trusted', async () => {
  const { trial, starved } = await analysed(await lateAt((fault_ns + heal_ns) / 2), ['udp.outage_ms']);
  expect({ verdict: trial.verdict, starved }).toEqual({ verdict: 'unknown', starved: true });
  expect(trial.reason).toBe('starved: it woke the fabric 60 ms late (limit 50 ms)');
});

describe('an outage that lasted beyond the beginning of the healing', () => {
  const until_heal_ms = (heal_ns - fault_ns) / 1e6;
  const broken = async (to_ms: number) => {
    const folder = await lateAt(RETURN_NS);
    await changeAnswers(folder, GOOD, ({ at_ms }) => (at_ms > 5 && at_ms < to_ms ? false : undefined));
    return folder;
  };

  test('lasted until then at least: what the machine did later does not change that', async () => {
    const { trial, starved } = await analysed(await broken(until_heal_ms + 200), ['udp.outage_ms']);
    expect(starved).toBe(false);
    // The captures, which have the answers, contradict the probe alone.
    expect(trial.reason).not.toContain('starved');
    expect(trial.lower_bounds).toContain('udp.outage_ms');
    expect(trial.metrics['udp.outage_ms']).toBeGreaterThan(until_heal_ms - 30);
    expect(trial.metrics['udp.outage_ms']).toBeLessThanOrEqual(until_heal_ms);
    expect(trial.missing_metrics).toHaveProperty(['rejoin.outage_ms'], REASON);
  });

  test('that was not over at the end of the trial leaves nothing to trust', async () => {
    const { trial, starved } = await analysed(await broken(Infinity), ['udp.outage_ms']);
    expect(starved).toBe(true);
    expect(trial.reason).toContain(REASON);
  });
});
