import { onTestFinished } from 'vitest';
import type { Records } from '../../harness/evidence/records.ts';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { labNow } from '../../harness/lab/now.ts';
import type { ProbeFindings, RunningProbe } from '../../harness/probes/probe.ts';
import { probes } from '../../harness/probes/registry.ts';
import { inject } from './faults.ts';

/** A probe that was kept from its schedule for longer can't be held to what it measured. */
export const MOST_STARVED_MS = 50;

/** Starts it; it is ended when the test ends. */
export async function startDhcp(lab: Lab, kind: 'dhcp' | 'dhcp-load', more: Record<string, unknown> = {}) {
  const known = probes.get(kind)!;
  const options = known.options.parse({ kind, from: 'tester', interface: 'net1', network: 'net1', ...more });
  const probe = await known.start(lab, 'dhcp', options);
  onTestFinished(() => probe.abandon());
  return { known, options, probe };
}

export async function waitServed(probe: RunningProbe): Promise<void> {
  let trouble: string | undefined;
  await waitUntil({
    what: 'the probe to find the service as it should be',
    timeout_ms: 60_000,
    check: async () => {
      trouble = await probe.trouble();
      return trouble === undefined;
    },
    lastSeen: () => trouble,
  });
}

/** What a probe found. */
export interface Outcome {
  findings: ProbeFindings;
  files: Records;
  /** Whether the probe settled before the healing. */
  settled: boolean;
}

/** As a trial does: steady, fault, settled or not, healed, watched. */
export async function probeThrough(
  lab: Lab,
  fault: [kind: string, target: string],
  settle_ms: number,
): Promise<Outcome> {
  const { known, options, probe } = await startDhcp(lab, 'dhcp');
  await waitServed(probe);
  await sleep(2000);
  const { injection } = await inject(lab, ...fault);
  const fault_ns = injection.applied_ns;
  const deadline = performance.now() + settle_ms;
  let settled = false;
  while (!settled && performance.now() < deadline) {
    await sleep(100);
    settled = await probe.settled(fault_ns);
  }
  const { from_ns: heal_ns, until_ns: healed_ns } = await injection.heal();
  await sleep(4000);
  const end_ns = await labNow(lab);
  const files = await probe.stop();
  const findings = known.analyse('dhcp', options, files, { fault_ns, heal_ns, healed_ns, end_ns });
  return { findings, files, settled };
}

/** The lines that it wrote. */
export function linesOf(files: Records): Record<string, unknown>[] {
  const text = new TextDecoder().decode(files['dhcp.jsonl']);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
