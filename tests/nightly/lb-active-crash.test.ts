import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type HttpRecord, parseHttpRecords } from '../../harness/probes/http/records/http-records.ts';
import { metric } from '../support/drills.ts';
import { expectMetrics, runScenario as run, type ScenarioTrial } from '../support/scenario.ts';

/** What each request of a probe came to. */
async function requestsOf({ records }: ScenarioTrial, probe: string): Promise<HttpRecord[]> {
  return parseHttpRecords(await readFile(path.join(records, `${probe}.csv`), 'utf8'));
}

const rowsOf = ({ trial }: ScenarioTrial) =>
  trial.systems!.vrrp as { router: string; probes: string[]; touched: boolean; outage_ms: number }[];

test('lb-active/node-crash: half of the clients lose their address until the heir has it', async (context) => {
  const done = await run(context, 'lb-active/node-crash');
  expectMetrics(done.trial, { 'other.nodes': 1, 'untouched.routers': 1, 'untouched.lost_sessions': 0 });
  expect(rowsOf(done)).toMatchObject([
    { router: 'v1', touched: true, probes: ['one', 'both', 'tcp'] },
    { router: 'v2', touched: false, probes: ['other', 'other-tcp'], outage_ms: 0 },
  ]);
  // Whoever knows both waits for a connection that does not come about, each time, and is served by the other node.
  const cut = done.trial.outages.find(({ probe }) => probe === 'one')!;
  const waited = (await requestsOf(done, 'both')).filter(
    ({ sent_ns, done_ns }) => done_ns !== null && done_ns - sent_ns >= 250e6,
  );
  expect(waited.length).toBeGreaterThan(0.8 * (cut.outage_ms / 20));
  expect(new Set(waited.map(({ node }) => node))).toEqual(new Set(['lb2']));
});

test('lb-active/passive-node-crash: the control, everybody loses', async (context) => {
  const { trial } = await run(context, 'lb-active/passive-node-crash');
  expectMetrics(trial, { 'untouched.routers': 0 });
  expect(metric(trial, 'both.failed') + metric(trial, 'both.late')).toBeGreaterThan(50);
});
