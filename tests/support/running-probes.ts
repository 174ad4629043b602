import { expect, type TestContext } from 'vitest';
import { msFromNs } from '../../harness/ground/time.ts';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { labNow } from '../../harness/lab/now.ts';
import type { ProbeFindings, RunningProbe } from '../../harness/probes/probe.ts';
import { probes } from '../../harness/probes/registry.ts';

/** What a drill says of a probe. */
export type Said = { kind: string } & Record<string, unknown>;

/** A probe of a test, and how its findings are made. */
export interface TestProbe {
  running: RunningProbe;
  /** Ends it soon and says what it found, from a fault to its healing. */
  findings(fault_ns: number, heal_ns: number): Promise<ProbeFindings>;
}

/** Starts a probe with the defaults that its kind has. */
export async function startProbe(lab: Lab, name: string, said: Said): Promise<TestProbe> {
  const kind = probes.get(said.kind)!;
  const options = kind.options.parse(said);
  const running = await kind.start(lab, name, options);
  return {
    running,
    findings: async (fault_ns, heal_ns) => {
      // So that something is sent after the healing too.
      await sleep(150);
      const windows = { fault_ns, heal_ns, healed_ns: heal_ns, end_ns: await labNow(lab) };
      return kind.analyse(name, options, await running.stop(), windows);
    },
  };
}

/** Waits until a probe has nothing to complain of. */
export async function waitGreen({ running }: TestProbe): Promise<void> {
  let trouble: string | undefined;
  await waitUntil({
    what: `probe ${running.name} to be green`,
    timeout_ms: 60_000,
    check: async () => {
      trouble = await running.trouble();
      return trouble === undefined;
    },
    lastSeen: () => trouble,
  });
}

/** Waits until everything that can come back after this moment has come back. */
export async function waitSettled({ running }: TestProbe, since_ns: number): Promise<void> {
  await waitUntil({
    what: `probe ${running.name} to settle`,
    timeout_ms: 30_000,
    check: () => running.settled(since_ns),
  });
}

/** A probe that was kept from its schedule for longer can't be held to what it measured. */
export function skipIfStarved(
  context: TestContext,
  { starved_ms = 0 }: ProbeFindings,
  most_ms: number,
): void {
  context.skip(
    starved_ms > most_ms,
    `the machine kept the probe from its schedule for ${starved_ms.toFixed(0)} ms`,
  );
}

/** The moments around what took a service away, and around what brought it back. */
export interface Away {
  gone: readonly [before_ns: number, after_ns: number];
  back: readonly [before_ns: number, after_ns: number];
}

/** Fails unless the outage that was found holds the true one within its error, and has ended. */
export function expectHolds({ metrics, open }: ProbeFindings, { gone, back }: Away): void {
  const { outage_ms = 0, outage_error_ms = 0 } = metrics;
  expect(outage_ms + outage_error_ms).toBeGreaterThanOrEqual(msFromNs(back[0] - gone[1]));
  expect(outage_ms - outage_error_ms).toBeLessThanOrEqual(msFromNs(back[1] - gone[0]));
  expect(open).toEqual([]);
}
