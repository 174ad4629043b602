import type { Wire } from '../evidence/wire.ts';
import type { TrialWindows } from '../journal/trial-facts.ts';
import { type Outage, outagesWithin } from '../outage/request-outages.ts';
import type { ProbeResult } from './probe-results.ts';

/** What the wire says of a probe's outages. */
export interface Witness {
  metrics: Record<string, number>;
  /** Where it contradicts the probe: one sentence each. */
  doubts: string[];
}

/**
 * Holds what each probe found against what the wire alone shows of it. They must agree on the longest outage between
 * fault and healing within both errors; otherwise one of them is wrong, and nothing says which.
 */
export function hearWitness(results: readonly ProbeResult[], wire: Wire, windows: TrialWindows): Witness {
  const witness: Witness = { metrics: {}, doubts: [] };
  for (const { probe, kind, findings } of results) {
    const requests = wire.requests(kind.port(probe.options).port);
    // The requests of a client that is cut off itself do not come by: then the wire can say nothing.
    if (!kind.witness || requests.seq.length < (findings.metrics.sent ?? 0)) continue;
    const seen = longest(kind.witness(probe.options, requests, windows), windows);
    const felt = longest(findings.outages, windows);
    witness.metrics[`${probe.name}.wire_outage_ms`] = seen?.outage_ms ?? 0;
    if (seen) witness.metrics[`${probe.name}.wire_outage_error_ms`] = seen.outage_error_ms;
    const doubt = contradiction(felt, seen);
    if (doubt) witness.doubts.push(`${probe.name}: ${doubt}`);
  }
  return witness;
}

function longest(outages: readonly Outage[], { fault_ns, heal_ns }: TrialWindows): Outage | undefined {
  return outagesWithin(outages, fault_ns, heal_ns).toSorted((a, b) => b.outage_ms - a.outage_ms)[0];
}

function contradiction(felt: Outage | undefined, seen: Outage | undefined): string | undefined {
  if (felt?.open || seen?.open) return undefined;
  const [felt_ms, seen_ms] = [felt?.outage_ms ?? 0, seen?.outage_ms ?? 0];
  const allowed_ms = (felt?.outage_error_ms ?? 0) + (seen?.outage_error_ms ?? 0);
  const apart_ms = Math.abs(felt_ms - seen_ms);
  if (apart_ms <= allowed_ms) return undefined;
  return (
    `the outage is ${felt_ms.toFixed(1)} ms by the client and ${seen_ms.toFixed(1)} ms on the wire: ` +
    `${apart_ms.toFixed(1)} ms apart, at most ${allowed_ms.toFixed(1)} ms can be error`
  );
}
