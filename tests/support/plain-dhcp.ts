import { expect, type TestContext } from 'vitest';
import { metric } from './drills.ts';
import { runScenario, type ScenarioTrial } from './scenario.ts';

/** Runs one trial of a drill of two plain dnsmasq, and checks what holds for each of them. */
export async function runPlain(context: TestContext, drill: string): Promise<ScenarioTrial> {
  const done = await runScenario(context, drill);
  expect(done.journal.environment.versions).toHaveProperty('dnsmasq');
  expect(done.trial.audits.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  return done;
}

/** The first server is gone: the second one, which replies a second later, has every client. */
export function expectSecondServes({ trial }: ScenarioTrial): void {
  const { bounds } = trial;
  expect(bounds['dhcp.gap_ms']).toMatchObject({ low: 0, high: 8000 });
  // It waits a second before each of its offers.
  expect(metric(trial, 'dhcp.wait_ms')).toBeGreaterThan(1000);
  expect(metric(trial, 'dhcp.orphans')).toBeGreaterThan(0);
  expect(metric(trial, 'dhcp.orphans')).toBeLessThan(6);
}
