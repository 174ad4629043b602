import { describe, expect, test } from 'vitest';
import { sleep } from '../../harness/ground/wait.ts';
import type { Journal } from '../../harness/journal/journal.ts';
import { RunResults } from '../support/folder.ts';
import { hadrill, startHadrill } from '../support/hadrill.ts';
import { drillFile, expectNothingLeft } from '../support/labs.ts';

const argsOf = (results: RunResults) => [
  ...['run', drillFile('overlapping'), '--seed', '1', '--json', '--out', results.out],
];

describe('a schedule of overlapping faults', () => {
  test('each is applied and healed at its time, beside the others', async () => {
    const results = await RunResults.create();
    const done = await hadrill(argsOf(results), { timeout_ms: 200_000 });
    await expectNothingLeft(await results.lab());
    const trial = (JSON.parse(done.stdout) as Journal).trials[0]!;
    expect(trial.faults.map(({ kind, resolved, verified }) => [kind, resolved, verified])).toEqual([
      ['crash', 'r1', true],
      ['cut', 'r1:ha', true],
      ['hang', 'r2/conntrackd', true],
      ['hang', 'r2/conntrackd', true],
      ['hang', 'r1/keepalived', true],
    ]);
    const since = ({ applied_at, reverted_at }: (typeof trial.faults)[number]) =>
      [applied_at, reverted_at!].map((at) => Date.parse(at) - Date.parse(trial.faults[0]!.applied_at));
    const [crash, cut, first, second, last] = trial.faults.map(since);
    // A role is asked for, and a busy machine is late; never early.
    for (const [span, due_ms, lasts_ms] of [
      [crash!, 0, 4000],
      [first!, 300, 200],
      [second!, 1300, 200],
      [last!, 5000, 10_000],
    ] as const) {
      expect(span[0]).toBeGreaterThanOrEqual(due_ms);
      expect(span[0]).toBeLessThan(due_ms + 900);
      expect(span[1]! - span[0]!).toBeGreaterThanOrEqual(lasts_ms);
    }
    // Healed while the crash was in effect; what has no end, after all others.
    expect(second![1]).toBeLessThan(crash![1]!);
    expect(cut![1]).toBeGreaterThan(last![1]!);
    expect(trial.notes, 'a node that is back has a new wire').toEqual([
      expect.stringMatching(
        /^'cut of r1:ha \(carrier\)' was not in effect any more after 'crash of r1' was healed: /,
      ),
    ]);
    expect(trial.audits.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  });

  test('Ctrl-C while two are in effect heals both', async () => {
    const results = await RunResults.create();
    const command = startHadrill(argsOf(results));
    await command.said(/^trial 1: hang of r2\/conntrackd$/m);
    await sleep(50);
    command.signal('SIGINT');
    const done = await command.ended;
    expect(done.code, done.stderr).toBe(130);
    await expectNothingLeft(await results.lab());
    const noted = (await results.events()).map(({ event }) => event);
    expect(noted.filter((event) => event === 'revert')).toHaveLength(
      noted.filter((event) => event === 'apply').length,
    );
  });
});
