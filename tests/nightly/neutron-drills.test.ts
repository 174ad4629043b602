import { expect, test } from 'vitest';
import type { Journal, Trial, Verdict } from '../../harness/journal/journal.ts';
import { metric } from '../support/drills.ts';
import { freshFolder } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';
import { labOfRun } from '../support/lab-of-run.ts';
import { expectNothingLeft } from '../support/labs.ts';
import { needNeutronImages } from '../support/neutron-images.ts';
import { runScenario } from '../support/scenario.ts';
import { skipIfStarved } from '../support/skip-starved.ts';

/** The lab is up in two to three minutes; a node that crashed has its agents again in one. A trial may be made twice. */
const RUN_MS = 560_000;
/** In this order: what the API says of replicas stays wrong in a lab after an L3 agent was ended. */
const IN_ONE_LAB = [
  ...['metadata-agent-kill-standby', 'metadata-agent-kill', 'dhcp-agent-kill', 'dhcp-agent-kill-no-dnsmasq'],
  ...['ovs-agent-kill', 'dnsmasq-kill', 'dnsmasq-kill-no-agent', 'control-crash', 'rabbit-restart'],
  ...['ha-network-cut', 'ha-network-cut-standby', 'keepalived-kill', 'keepalived-kill-standby'],
  ...['node-crash', 'metadata-node-crash', 'node-returns', 'l3-agent-kill', 'rolling-agent-restart'],
];
const IN_ONE_LAB_MS = IN_ONE_LAB.length * RUN_MS;
/** With variables of their own. */
const ALONE = [
  ...['reschedule', 'reschedule-off', 'reschedule-legacy', 'reschedule-blocked', 'vswitchd-kill-veth'],
];
/** Of the drills or of the machine: a starved trial is not known. */
const MADE = [0, 1, 4];

needNeutronImages();

test('drills do what they expect, one after the other in one lab', {
  timeout: IN_ONE_LAB_MS,
}, async (context) => {
  const out = await freshFolder();
  const drills = IN_ONE_LAB.map((name) => `neutron/${name}`);
  const args = ['run', ...drills, '--one-lab', '--seed', '7', '--json', '--quiet', '--out', out];
  const done = await hadrill(args, { timeout_ms: IN_ONE_LAB_MS });
  expect(MADE, done.stderr).toContain(done.code);
  const journals = JSON.parse(done.stdout) as Journal[];
  expect(journals.map(({ drill }) => drill)).toEqual(drills);
  const labs = await Promise.all(drills.map((drill) => labOfRun(out, drill)));
  for (const lab of new Set(labs)) await expectNothingLeft(lab);
  // What is not known for another reason than the machine's is a failure as well.
  const failed = journals.filter(({ verdict, trials }) => verdict === 'fail' || isDoubted(verdict, trials));
  expect(failed.map(failure)).toEqual([]);
  const [crash] = journals.flatMap(({ drill, verdict, trials }) =>
    drill === 'neutron/node-crash' && verdict === 'pass' ? trials : [],
  );
  if (crash) {
    // 3 x 2 s + (256 - 50) / 256 s, less up to 2 s since the last advertisement.
    expect(crash.bounds['vip.takeover_ms']).toMatchObject({ low: 4804.6875, high: 6804.6875 });
    expect(metric(crash, 'udp.outage_ms')).toBeGreaterThan(4000);
  }
  for (const { drill, trials } of journals) skipIfStarved(context, drill, trials);
  expect(done.code, done.stderr).toBe(0);
});

function isDoubted(verdict: Verdict, trials: readonly Trial[]): boolean {
  return verdict === 'unknown' && !trials.some(({ reason }) => /starved/.test(reason ?? ''));
}

function failure({ drill, trials }: Journal): string {
  return `${drill}: ${trials.flatMap(({ reason }) => reason ?? []).join('; ')}`;
}

test.for(ALONE)('neutron/%s does what the drill expects', async (drill, context) => {
  await runScenario(context, `neutron/${drill}`, RUN_MS);
});
