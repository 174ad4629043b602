import type { FrameWatch } from '../evidence/frame-watch.ts';
import { readWire, type Wire } from '../evidence/wire.ts';
import type { DrillProbe, RunFacts } from '../journal/run-facts.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import type { ProbeKind } from '../probes/probe.ts';
import { kindOf } from './probe-results.ts';
import type { TrialRecords } from './trial-folder.ts';

/** Looks at the captures of a trial for what its probes and systems leave there. */
export function trialWire(
  run: RunFacts,
  records: TrialRecords,
  watches: readonly FrameWatch[],
): Promise<Wire> {
  return readWire(records.captures(), {
    epoch_ns: BigInt(records.facts.epoch_ns),
    tcp_ports: probePorts(run).flatMap(({ protocol, port }) => (protocol === 'tcp' ? [port] : [])),
    watches,
  });
}

/** Where the packets of the probes go that leave their link. */
export function probePorts({ probes }: Pick<RunFacts, 'probes'>): ReturnType<ProbeKind['port']>[] {
  return probes.flatMap((probe) => {
    const kind = kindOf(probe);
    return kind.on_link ? [] : [kind.port(probe.options)];
  });
}

/** What only the captures show of a probe. */
export function wireMetrics(probes: readonly DrillProbe[], wire: Wire): Record<string, number> {
  return Object.fromEntries(
    probes.flatMap((probe) => {
      const kind = kindOf(probe);
      const { protocol, port } = kind.port(probe.options);
      if (protocol !== 'tcp' || kind.bulk?.(probe.options)) return [];
      return [[`${probe.name}.retransmitted`, wire.tcp.retransmitted(port)]];
    }),
  );
}

/** Why what rests on the captures is not known: what they lack could be just what matters. undefined when it is known. */
export function captureGap({ captures }: Pick<TrialFacts, 'captures'>): string | undefined {
  const gaps = captures.flatMap(({ segment, dropped, full }) => [
    ...(dropped > 0 ? [`the capture on segment '${segment}' lacks ${dropped} packets`] : []),
    ...(full ? [`the capture on segment '${segment}' was full before the trial ended`] : []),
  ]);
  return gaps.length > 0 ? gaps.join('; ') : undefined;
}
