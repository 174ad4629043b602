import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type AnalysedTrial, analyseTrial } from '../../../harness/analysis/analyse-trial.ts';
import type { RunFacts } from '../../../harness/journal/run-facts.ts';
import type { TrialFacts } from '../../../harness/journal/trial-facts.ts';
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

const withAnswers = async (answered: Parameters<typeof changeAnswers>[2]) =>
  (await analysedWith(answered)).trial;

async function analysedWith(answered: Parameters<typeof changeAnswers>[2]) {
  const folder = await copyOfRun();
  await changeAnswers(folder, GOOD, answered);
  return analysed(folder);
}

test('a trial that nothing is wrong with passes, without a reason', async () => {
  const { trial, starved } = await analysed(RUN);
  expect(trial).toMatchObject({ index: 1, verdict: 'pass' });
  expect(trial.reason).toBeUndefined();
  expect(starved).toBe(false);
});

test('a starved one is unknown and keeps its numbers', async () => {
  const { trial, starved } = await analysed(RUN, 'trial-1');
  expect(starved).toBe(true);
  expect(trial).toMatchObject({ verdict: 'unknown', metrics: { 'udp.lost': 74 } });
  expect(trial.reason).toMatch(/^starved: the machine kept a probe from its schedule for 61 ms/);
});

describe('a trial that was not carried through', () => {
  const trouble = "probe 'udp' found the service disturbed before the fault: no answer";
  const ended = async (overslept_ns: number) => {
    const folder = await copyOfRun();
    await changeFacts(folder, GOOD, ({ pressure }) => ({
      windows: undefined,
      trouble,
      pressure: pressure.map((one) => ({ ...one, overslept_ns, waiting_us: null, ticks: {} })),
    }));
    return analysed(folder);
  };

  test('is repeated and says so when the machine was too busy for it', async () => {
    const { trial, starved } = await ended(1_200_000_000);
    expect(starved).toBe(true);
    expect(trial).toMatchObject({ verdict: 'unknown', metrics: {} });
    expect(trial.reason).toMatch(/^starved: it woke the fabric 1200 ms late \(limit 1000 ms\); probe 'udp'/);
  });

  test('is unknown for its own reason when it was not', async () => {
    const { trial, starved } = await ended(1000);
    expect(starved).toBe(false);
    expect(trial).toMatchObject({ verdict: 'unknown', reason: trouble });
  });
});

test('a trial whose beginning the machine was not watched in: unknown', async () => {
  const late = (s: number) =>
    withFacts(({ windows, pressure }) => ({
      pressure: pressure.filter(({ at_ns }) => at_ns > windows!.fault_ns + s * 1e9),
    }));
  expect((await late(0)).verdict).toBe('pass');
  const trial = await late(1.05);
  expect(trial.verdict).toBe('unknown');
  expect(trial.reason).toMatch(/^how busy the machine was is known only from 1 s after the fault on/);
});

test('a gap in what the kernel said of addresses: unknown, and its numbers stay', async () => {
  const trial = await withFacts(({ windows }) => ({
    address_gaps: [
      { node: 'r1', from_ns: windows!.fault_ns - 2_000_000, to_ns: windows!.fault_ns + 30_000_000 },
      { node: 'r2', from_ns: windows!.fault_ns, to_ns: null },
    ],
  }));
  expect(trial).toMatchObject({ verdict: 'unknown', metrics: { 'vip.owners_max': 1 } });
  expect(trial.reason).toBe(
    'the addresses of r1 changed more often than could be noted: which of them changed from -2.0 ms after the fault to 30.0 ms, and when, is not known; ' +
      'the addresses of r2 changed more often than could be noted: which of them changed from 0.0 ms after the fault on, and when, is not known',
  );
});

describe('the two ways to measure an outage', () => {
  test('every tenth request in it was not sent: both values, and unknown', async () => {
    let count = 0;
    const { trial, doubted } = await analysedWith(({ at_ms, answered }) => {
      if (answered || at_ms < 0 || at_ms > 1000) return undefined;
      return ++count % 10 === 0 ? 'unsent' : undefined;
    });
    expect(doubted).toBe(true);
    const { 'udp.outage_ms': by_time, 'udp.outages': outages } = trial.metrics;
    expect(outages).toBe(1);
    expect(by_time).toBeCloseTo(364.5, 0);
    expect(trial.verdict).toBe('unknown');
    expect(trial.reason).toMatch(
      /^udp: the outage is 364\.5 ms by timestamps and 325\.0 ms by loss: 39\.5 ms apart, at most \d+\.\d ms can be error$/,
    );
  });

  test('what did not come back besides is more than a doubt', async () => {
    let count = 0;
    const { trial, doubted } = await analysedWith(({ at_ms, answered }) => {
      if (at_ms > 1000) return false;
      if (answered || at_ms < 0) return undefined;
      return ++count % 10 === 0 ? 'unsent' : undefined;
    });
    expect(trial.verdict).toBe('unknown');
    expect(doubted).toBe(false);
  });

  test('every tenth request in it was answered: it may be shorter, and only what that decides is not known', async () => {
    let count = 0;
    const { trial, doubted } = await analysedWith(({ at_ms, answered }) =>
      answered || at_ms < 0 || at_ms > 1000 ? undefined : ++count % 10 === 0,
    );
    expect(doubted).toBe(false);
    expect(trial).toMatchObject({ verdict: 'pass', metrics: { 'udp.outages': 1 } });
    expect(trial.metrics['udp.outage_ms']).toBeCloseTo(364.5, 0);
    expect(trial.least?.['udp.outage_ms']).toBeCloseTo(320, 5);
    expect(trial.notes).toContain('udp: in the outage of 0.36 s 10 % were answered: by loss it is 0.33 s');
  });

  test('a hole now and then is error', async () => {
    let count = 0;
    const trial = await withAnswers(({ at_ms, answered }) =>
      answered || at_ms < 0 || at_ms > 1000 ? undefined : ++count % 40 === 0,
    );
    expect(trial.verdict).toBe('pass');
  });
});

describe('several outages', () => {
  test('are listed one by one, in order, each with its own length', async () => {
    const trial = await withAnswers(({ at_ms }) => (at_ms > 500 && at_ms < 530 ? false : undefined));
    expect(trial.outages.map(({ probe, lost, open }) => ({ probe, lost, open }))).toEqual([
      { probe: 'udp', lost: 72, open: false },
      { probe: 'udp', lost: 6, open: false },
    ]);
    expect(trial.outages[0]!.start_ms).toBeLessThan(5);
    expect(trial.outages[1]!.start_ms).toBeGreaterThan(490);
    expect(trial.outages[1]!.outage_ms).toBeCloseTo(30, -1);
    expect(trial.metrics).toMatchObject({ 'udp.outages': 2 });
    expect(trial.metrics['udp.outage_ms']).toBeCloseTo(364.5, 0);
    expect(trial.timeline.map(({ event }) => event).filter((event) => event.startsWith('outage'))).toEqual([
      'outage',
      'outage-end',
      'outage',
      'outage-end',
    ]);
    expect(trial.verdict).toBe('pass');
  });

  test('one that comes with the healing is told as such', async () => {
    const { windows } = await readJson<TrialFacts>(RUN, `${GOOD}/facts.json`);
    const heal_ms = (windows!.heal_ns - windows!.fault_ns) / 1e6;
    const trial = await withAnswers(({ at_ms }) =>
      at_ms > heal_ms + 50 && at_ms < heal_ms + 90 ? false : undefined,
    );
    expect(trial.metrics['rejoin.outage_ms']).toBeCloseTo(40, -1);
    expect(trial.metrics['udp.outage_ms']).toBeCloseTo(364.5, 0);
    expect(trial.outages).toHaveLength(2);
  });
});

test('an outage that is still open at the end fails, as a lower bound', async () => {
  const trial = await withAnswers(({ at_ms }) => (at_ms > 0 ? false : undefined));
  expect(trial).toMatchObject({
    verdict: 'fail',
    reason: 'udp: the outage was still open at the end of the trial',
  });
  expect(trial.outages).toMatchObject([{ open: true }]);
  expect(trial.timeline.map(({ event }) => event)).not.toContain('outage-end');
});

describe('what the facts say', () => {
  test('a trial that was not finished is unknown, with what kept it', async () => {
    const folder = await copyOfRun();
    const name = path.join(folder, GOOD, 'facts.json');
    const { windows: _, ...rest } = await readJson<TrialFacts>(folder, `${GOOD}/facts.json`);
    await writeFile(name, JSON.stringify({ ...rest, trouble: 'waited 60.0 s for r1' }));
    expect((await analysed(folder)).trial).toMatchObject({
      verdict: 'unknown',
      reason: 'waited 60.0 s for r1',
      metrics: {},
    });
    await writeFile(name, JSON.stringify(rest));
    expect((await analysed(folder)).trial.reason).toBe('the trial was not finished');
  });

  test('trouble makes a trial unknown that has numbers', async () => {
    const trial = await withFacts(() => ({ trouble: 'cleaning up failed: no answer' }));
    expect(trial).toMatchObject({ verdict: 'unknown', reason: 'cleaning up failed: no answer' });
    expect(trial.metrics['udp.outage_ms']).toBeGreaterThan(0);
  });

  test('a failed audit fails it', async () => {
    const audits = [{ name: 'one-owner', verdict: 'fail', detail: 'held by r1 and r2' } as const];
    const trial = await withFacts(() => ({ audits }));
    expect(trial).toMatchObject({ verdict: 'fail', reason: 'one-owner: held by r1 and r2', audits });
  });

  test('a fault that leaves the victim forwarding bounds no outage', async () => {
    const bounded = (await analysed(RUN)).trial.bounds;
    expect(bounded['udp.outage_ms']).toEqual(bounded['vip.takeover_ms']);
    const trial = await withFacts(({ fault }) => ({ fault: { ...fault!, stops_forwarding: false } }));
    expect(trial.bounds['udp.outage_ms']).toBeUndefined();
    expect(trial.bounds['vip.takeover_ms']).toEqual(bounded['vip.takeover_ms']);
  });

  test('without the daemon’s configuration there are numbers, but no bounds', async () => {
    const trial = await withFacts(({ routers }) => ({
      routers: routers.map((router) => ({
        ...router,
        members: router.members.map(({ node, macs }) => ({ node, macs })),
      })),
    }));
    expect(Object.keys(trial.bounds).filter((name) => !name.startsWith('tcp.'))).toEqual([]);
    expect(trial.metrics['vip.takeover_ms']).toBeGreaterThan(0);
  });
});

test('the phases add up to the outage and the remainder', async () => {
  const { metrics } = (await analysed(RUN)).trial;
  const phases = ['detection', 'election', 'address', 'garp', 'forwarding', 'answer'];
  const sum = phases.reduce((total, name) => total + metrics[`phase.${name}_ms`]!, 0);
  expect(sum + metrics['phase.remainder_ms']!).toBeCloseTo(metrics['udp.outage_ms']!, 6);
});

test('the time that a trial needs is its holds, its pause and what came back last', async () => {
  const { metrics } = (await analysed(RUN)).trial;
  const { pause_ms } = await readJson<TrialFacts>(RUN, `${GOOD}/facts.json`);
  const { steady_ms, settled_ms, rejoin_ms } = run.hold;
  expect(metrics['trial.needed_ms']).toBeCloseTo(
    steady_ms + pause_ms! + metrics['tcp.stall_ms']! + settled_ms + rejoin_ms,
    3,
  );
});
