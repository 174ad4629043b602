import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, type TestContext } from 'vitest';
import type { Trial } from '../../harness/journal/journal.ts';
import type { ClusterWord } from '../../harness/journal/system-records.ts';
import { runScenario, type ScenarioTrial } from './scenario.ts';

/**
 * Runs one trial of a drill of a Pacemaker cluster, and checks what holds for each: it is whole before and after, one
 * member holds its address, and the report says what crm_mon said.
 */
export async function runCluster(context: TestContext, drill: string): Promise<ScenarioTrial> {
  const done = await runScenario(context, drill);
  const { journal, trial } = done;
  expect(journal.environment.versions).toMatchObject({
    corosync: expect.stringMatching(/^3\.\d+/),
    pacemakerd: expect.stringMatching(/^3\.\d+/),
    haproxy: expect.stringMatching(/^3\.\d+/),
  });
  expect(trial.audits.map(({ verdict }) => verdict)).toEqual(trial.audits.map(() => 'pass'));
  expect(trial.audits.map(({ name }) => name)).toContain('cluster-clean');
  expect((trial.clusters ?? []).map(({ when }) => when)).toEqual(['before', 'during', 'after']);
  for (const when of ['before', 'after'] as const) {
    const { nodes, resources, with_quorum, failures } = wordOf(trial, when);
    expect(new Set(Object.values(nodes))).toEqual(new Set(['online']));
    expect(
      resources.filter((one) => (one.nodes.length === 0 && !one.fencing) || one.failed || one.blocked),
    ).toEqual([]);
    expect([with_quorum, failures]).toEqual([true, []]);
  }
  await expectCrmMonsWord(done);
  return done;
}

/** What the cluster said of itself at a moment. */
export function wordOf({ clusters = [] }: Trial, when: 'before' | 'during' | 'after'): ClusterWord {
  const record = clusters.find((one) => one.when === when);
  expect(record?.said, `crm_mon ${when}`).toBeDefined();
  return record!.said!;
}

/** Where a resource ran at a moment. */
export function placeOf(trial: Trial, resource: string, when: 'before' | 'during' | 'after'): string[] {
  return wordOf(trial, when).resources.find(({ id }) => id === resource)?.nodes ?? [];
}

/** Its measure is inside what the settings of corosync and Pacemaker allow, and `margin_ms`. */
export function expectWithin({ metrics, bounds }: Trial, metric: string, margin_ms: number): void {
  const { low, high } = bounds[metric]!;
  expect(metrics[metric]).toBeGreaterThanOrEqual(low - margin_ms);
  expect(metrics[metric]).toBeLessThanOrEqual(high + margin_ms);
}

/** The node was turned off before its heir got the address, and Pacemaker took as long as it may. */
export function expectFenced(trial: Trial, node: string): void {
  const { timeline } = trial;
  const at = (event: Trial['timeline'][number]['event'], words: string) =>
    timeline.find((one) => one.event === event && one.detail.includes(words))?.at_ms ?? Number.NaN;
  const off = at('power-off', `the BMC of ${node} turns it off`);
  expect(at('fencing', `for ${node} to be fenced`)).toBeLessThan(off);
  expect(off).toBeLessThan(at('fenced', `${node} counts as fenced`));
  expect(at('fenced', `${node} counts as fenced`)).toBeLessThan(at('address', ' is on '));
  expectWithin(trial, 'cluster.fencing_ms', 0);
}

/** The events of a kind, in order of time. */
export function eventsOf({ timeline }: Trial, event: Trial['timeline'][number]['event']): string[] {
  return timeline.filter((one) => one.event === event).map(({ detail }) => detail);
}

/** Word for word, by another look at what it wrote. */
async function expectCrmMonsWord({ trial, records }: ScenarioTrial): Promise<void> {
  for (const { when, cluster, said } of trial.clusters ?? []) {
    const xml = await readFile(path.join(records, `crm_mon-${when}-${cluster}.xml`), 'utf8');
    expect(said!.with_quorum).toBe(/<current_dc [^>]*with_quorum="true"/.test(xml));
    expect(said!.dc).toBe(/<current_dc [^>]*name="([^"]+)"/.exec(xml)?.[1]);
    for (const [name, condition] of Object.entries(said!.nodes)) {
      const node = new RegExp(`<node name="${name}" [^>]*online="(true|false)"`).exec(xml);
      expect(node?.[1], `${name} is ${condition}`).toBe(
        String(condition !== 'offline' && condition !== 'unclean'),
      );
    }
    expect(said!.failures).toHaveLength(xml.match(/<failure /g)?.length ?? 0);
  }
}
