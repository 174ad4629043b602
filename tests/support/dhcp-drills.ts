import { expect, type TestContext } from 'vitest';
import type { Journal, Trial } from '../../harness/journal/journal.ts';
import type { LeaseTableRecord } from '../../harness/journal/system-records.ts';
import { OF_ANY_LAB } from './audit-scene.ts';
import { runScenario, type ScenarioTrial } from './scenario.ts';

const NETWORKS = ['net1', 'net2', 'net3'];

/**
 * Runs one trial of a drill of DHCP agents, and checks what holds for each of them: nothing stays behind, its
 * expectations are met, every network is served where it belongs again, the report says how timers are scaled, and the
 * records alone give the same journal again. A run that the machine starved is skipped, and the test says so.
 */
export async function runDhcp(context: TestContext, drill: string): Promise<ScenarioTrial> {
  const done = await runScenario(context, drill);
  checkContract(done.journal);
  return done;
}

function checkContract(journal: Journal): void {
  expect(journal.environment.versions).toMatchObject({
    dnsmasq: expect.stringMatching(/^2\.\d+/),
    dhclient: expect.stringMatching(/^\d+\.\d+/),
    dhcpcd: expect.stringMatching(/^\d+\.\d+/),
  });
  expect(Object.keys(journal.environment.images).sort()).toEqual([
    'hadrill/dhcp',
    'hadrill/dhcp-client',
    'hadrill/endpoint',
    'hadrill/fabric',
  ]);
  expect(journal.scale).toEqual([
    expect.stringMatching(/^lease 120 s, T1 10 s, T2 20 s .* Leases of 24 h were not tested\.$/),
    "agent_down_time 6 s; Neutron's default is 75 s: 1:12.5.",
    "report_interval 2 s; Neutron's default is 30 s: 1:15.",
  ]);
  const trial = journal.trials[0]!;
  expect(trial.audits.map(({ name, verdict }) => [name, verdict])).toEqual([
    ...OF_ANY_LAB.map((name) => [name, 'pass']),
    ...NETWORKS.map(() => ['dhcp-agents', 'pass']),
  ]);
  expect(trial.metrics['trial.needed_ms']).toBeLessThanOrEqual(trial.metrics['trial.wall_ms']!);
}

/**
 * The longest time without service of each network is bounded by how long a client waits that was in the middle of its
 * exchange with the dead server.
 */
export function expectGapBounds({ bounds, metrics }: Trial, ...networks: string[]): void {
  for (const network of networks) {
    const { low, high, from } = bounds[`${network}.gap_ms`]!;
    expect([low, high]).toEqual([0, 5000]);
    expect(from).toMatch(/^DHCP: a client of the dead server asks again after 4 s/);
    expect(metrics[`${network}.gap_ms`]).toBeLessThanOrEqual(high);
  }
}

/** What is known of the lease tables of a moment, in the order of the topology. */
export function tables({ lease_tables }: Trial, when: LeaseTableRecord['when']): LeaseTableRecord[] {
  return lease_tables!.filter((table) => table.when === when);
}

/**
 * The servers that nobody chose learn nothing from the wire: before the fault each has written what it granted, and
 * nothing of what the others did.
 */
export function expectNothingShared(trial: Trial, ...networks: string[]): void {
  const before = tables(trial, 'before').filter(({ bound, network }) => bound && networks.includes(network));
  expect(before.length).toBeGreaterThanOrEqual(2 * networks.length);
  for (const { leases } of before) {
    expect(leases!.lines).toBeGreaterThan(0);
    expect(leases!.own_written).toBe(leases!.own);
    expect(leases!.others_written).toBe(0);
  }
  const sum = (key: 'own' | 'others') => before.reduce((total, { leases }) => total + leases![key], 0);
  expect(sum('own'), 'granted before the fault').toBeGreaterThan(10);
  expect(sum('others'), 'granted by others before the fault').toBeGreaterThan(10);
}

/** The moments of a real client's states, from the fault on: `BOUND 198.18.16.11 (by 198.18.16.2)`. */
export function statesOf({ timeline }: Trial, client: string): string[] {
  return timeline
    .filter(({ event, detail }) => event === 'client-state' && detail.startsWith(`${client}: `))
    .map(({ detail }) => detail.slice(client.length + 2));
}
