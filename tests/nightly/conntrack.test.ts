import { expect, test } from 'vitest';
import { metric } from '../support/drills.ts';
import { expectMetrics, runScenario as run } from '../support/scenario.ts';

const SYNCHRONISED = ['ftfw', 'notrack', 'alarm', 'no-external-cache'];
const FORGOTTEN = ['no-commit', 'none', 'none-not-loose'];

// Every cell of the truth table is an expectation of its drill.
for (const setting of [...SYNCHRONISED, ...FORGOTTEN]) {
  test(`the truth table: ${setting}`, async (context) => {
    const { journal } = await run(context, `conntrack/${setting}`);
    expect(journal.expectations).toHaveLength(28);
  });
}

test('held: nothing is lost to the time before the commit; not-held: sessions are', async (context) => {
  expectMetrics((await run(context, 'conntrack/held')).trial, {
    'tcp.survived': 1000,
    'flows.survived_ratio': 1,
  });
  const { trial } = await run(context, 'conntrack/not-held');
  expect(metric(trial, 'tcp.reset')).toBeGreaterThan(0);
});

test('full: new flows are lost, and known ones go on; what is not tracked needs no room', async (context) => {
  const { trial } = await run(context, 'conntrack/full');
  expect(metric(trial, 'flows.new_lost')).toBeGreaterThan(100);
  expectMetrics((await run(context, 'conntrack/full-untracked')).trial, { 'vip.takeovers': 0 });
});
