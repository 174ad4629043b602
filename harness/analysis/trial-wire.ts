import type { FrameWatch } from '../evidence/frame-watch.ts';
import { readWire, type Wire } from '../evidence/wire.ts';
import type { DrillProbe, RunFacts } from '../journal/run-facts.ts';
import type { TrialFacts, TrialWindows } from '../journal/trial-facts.ts';
import { kindOf } from './probe-results.ts';
import type { TrialRecords } from './trial-folder.ts';

/** Looks at the captures of a trial for what its probes and routers leave there. */
export function trialWire(
  run: RunFacts,
  records: TrialRecords,
  windows: TrialWindows,
  watches: readonly FrameWatch[],
): Promise<Wire> {
  const { facts } = records;
  const ports = run.probes.flatMap((probe) => {
    const kind = kindOf(probe);
    return kind.on_link ? [] : [kind.port(probe.options)];
  });
  const portsOf = (wanted: string) =>
    ports.filter(({ protocol }) => protocol === wanted).map(({ port }) => port);
  return readWire(records.captures(), {
    epoch_ns: BigInt(facts.epoch_ns),
    fault_ns: windows.fault_ns,
    udp_ports: portsOf('udp'),
    tcp_ports: portsOf('tcp'),
    macs: facts.routers.flatMap(({ members }) => members.flatMap(({ macs }) => macs)),
    watches,
  });
}

/** What only the captures tell of a probe. */
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
