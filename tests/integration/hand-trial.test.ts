import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type HandTrial, measure, openLab } from '../../harness/index.ts';
import type { Journal } from '../../harness/journal/journal.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { portStates } from '../support/faults.ts';
import { freshFolder } from '../support/folder.ts';
import { hadrill, REPOSITORY } from '../support/hadrill.ts';
import { freshName, removeLabs } from '../support/labs.ts';

const udp = { kind: 'udp', from: 'client', to: 'server', address: '203.0.113.1' } as const;

describe('a trial in the hands of a program', () => {
  const name = freshName('hand');
  let lab: Lab;
  beforeAll(async () => {
    const variables = { ADVERT_INT: '0.1' };
    lab = await openLab(`${REPOSITORY}/topologies/l3/l3.clab.yml`, { name, variables });
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  /** A trial that is disposed of when the test ends, however it does. */
  async function begin(options: Parameters<typeof measure>[1]): Promise<HandTrial> {
    const trial = await measure(lab, options);
    onTestFinished(() => trial[Symbol.asyncDispose]());
    return trial;
  }

  test('is measured and put on record as one of a drill', async () => {
    const trial = await begin({
      name: 'mine/crash',
      out: await freshFolder(),
      probes: { udp },
      hold: { rejoin: '1s' },
    });
    const fault = await trial.fault('crash', 'host:master(router)');
    expect(fault).toMatchObject({ kind: 'crash', target: 'host:master(router)', verified: true });
    await trial.takenOver();
    await trial.heal();
    const { journal, folder } = await trial.result();
    expect(journal).toMatchObject({
      drill: 'mine/crash',
      trials_asked: 1,
      by_program: true,
      expectations: [],
    });
    const [only] = journal.trials;
    expect(only!.faults).toEqual([{ ...fault, reverted_at: expect.stringMatching(/Z$/) as unknown }]);
    expect(only!.metrics['udp.outage_ms']).toBeGreaterThan(100);
    expect(only!.bounds['udp.outage_ms']).toMatchObject({ low: expect.closeTo(280, 0) as unknown });
    expect(only!.audits.length).toBeGreaterThan(2);
    const report = await hadrill(['report', folder]);
    expect(report.stdout).toContain('mine/crash');
    expect(report.stdout).toMatch(/^Repeat: run the program that made it, with seed \d+$/m);
    expect(await readFile(path.join(folder, 'report.html'), 'utf8')).toContain('mine/crash');
    await expect(trial.result()).rejects.toThrow('this trial is over');
  });

  test('a fault has its own time, and several may be made', async () => {
    const trial = await begin({
      out: await freshFolder(),
      probes: { udp },
      hold: { rejoin: '1s' },
    });
    await trial.fault('cut', 'client:inside', { for: '300ms' });
    await trial.fault('hang', 'backup(router)/keepalived', { for: '200ms' });
    const { journal } = await trial.result();
    const [only] = journal.trials;
    expect(only!.faults.map(({ kind }) => kind)).toEqual(['cut', 'hang']);
    expect(only!.metrics['udp.outage_ms']).toBeGreaterThan(250);
  });

  test('one whose result is never taken is healed, and on record as not made', async () => {
    const trial = await begin({ out: await freshFolder(), probes: { udp } });
    const { folder } = trial;
    await trial.fault('cut', 'server:outside');
    expect(await portStates(lab, 'server')).not.toContain('forwarding');
    await trial[Symbol.asyncDispose]();
    expect(await portStates(lab, 'server')).toEqual(['forwarding']);
    const journal = JSON.parse(await readFile(path.join(folder, 'journal.json'), 'utf8')) as Journal;
    expect(journal).toMatchObject({ verdict: 'unknown', trials: [] });
    expect(journal.ended_early).toBe('the program ended it before its result');
  });

  test.each([
    [{ udp: { ...udp, to: 'servr' } }, "measure(): probes.udp.to: the topology has no node 'servr'"],
    [
      { udp: { ...udp, interval: '9ms' } },
      "measure(): probes.udp.interval: 'interval': expected allowed: 1ms to 5ms, found '9ms'",
    ],
    [{ rejoin: udp }, "measure(): probes.rejoin: a probe cannot be called 'rejoin'"],
  ])('probes that do not fit are refused: %j', async (probes, words) => {
    await expect(measure(lab, { out: await freshFolder(), probes })).rejects.toThrow(words);
  });

  test('faults that do not fit are refused, and break nothing', async () => {
    const trial = await begin({ out: await freshFolder(), probes: { udp } });
    await expect(trial.fault('crsh', 'r1')).rejects.toThrow(/'crsh'.*crash/);
    await expect(trial.fault('crash', 'r9')).rejects.toThrow("fault(): fault.target: unknown node 'r9'");
    await expect(trial.fault('crash', 'r1', { options: { signal: 'KILL' } })).rejects.toThrow(
      "fault(): fault.options.signal: crash has no option 'signal'",
    );
    await expect(measure(lab, { out: await freshFolder(), probes: { udp } })).rejects.toThrow(
      'is measured already',
    );
    await expect(trial.result()).rejects.toThrow('nothing was broken yet');
  });
});
