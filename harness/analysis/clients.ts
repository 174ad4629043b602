import type { FaultSpan } from '../evidence/fault-spans.ts';
import type { ClientFindings } from '../systems/system-analysis.ts';
import { longestOf } from './per-fault.ts';
import type { ProbeResult } from './probe-results.ts';

/**
 * What the probes found whose packets leave their link, or those whose packets stay on it, for systems that can say which of
 * their parts served which.
 */
export function clientFindings(
  probes: readonly ProbeResult[],
  spans: [FaultSpan, ...FaultSpan[]],
  { on_link }: { on_link: boolean },
): ClientFindings[] {
  return probes
    .filter(({ kind }) => (kind.on_link ?? false) === on_link)
    .map(({ probe: { name, options }, kind, findings: { metrics, outages } }) => ({
      probe: name,
      port: kind.port(options),
      ...(typeof options.address === 'string' ? { address: options.address } : {}),
      nodes: kind.nodes(options),
      metrics,
      open: outages.some(({ open }) => open),
      outages_ms: spans.map((span, at) => {
        if (metrics.outage_ms === undefined) return undefined;
        return at === 0 && spans.length === 1 ? metrics.outage_ms : longestOf(outages, span, spans);
      }),
    }));
}
