import { fabricPorts } from '../../../topology/ports.ts';
import type { Topology } from '../../../topology/topology.ts';
import type { ForeseenFault, ForeseenFindings } from '../../foreseen.ts';
import type { Cause } from '../../system-analysis.ts';
import type { Switch } from '../config/load-switches.ts';
import { linksOf, Ways } from '../config/ways.ts';
import { type DaemonLoss, daemonNamed } from './daemon-loss.ts';
import { wiringBound } from './forwarding-bounds.ts';
import { causesOfLoss } from './switch-causes.ts';

/** The nodes of each segment of a topology, by the segment. */
export function segmentsOf(topology: Topology): Map<string, string[]> {
  const groups = Map.groupBy(fabricPorts(topology).ports, ({ bridge }) => bridge);
  return new Map([...groups].map(([bridge, ports]) => [bridge, ports.map(({ node }) => node)]));
}

/** What the settings of a switch allow for the loss of one of its daemons, where the fault names the switch. */
export function foreseeGaps(
  switches: readonly Switch[],
  topology: Topology,
  fault: ForeseenFault,
): ForeseenFindings {
  const bounds = {};
  const [slowest] = switches.toSorted((a, b) => b.settings.polling_ms - a.settings.polling_ms);
  if (slowest) Object.assign(bounds, { 'l2.wired_ms': wiringBound(slowest.settings) });
  const loss = lossOf(fault, switches);
  const own = switches.find(({ node }) => node === loss?.node);
  if (!loss || !own) return { bounds, missing_bounds: {}, causes: [] };
  const ways = new Ways(linksOf(segmentsOf(topology)), switches);
  const { datapath } = own.settings;
  const kinds = datapath === 'auto' ? (['netdev', 'system'] as const) : [datapath];
  const both = kinds.map((one) => causesOfLoss(loss, own, { datapath: one, agent_runs: true }, ways));
  return { bounds, missing_bounds: {}, causes: both.length === 1 ? both[0]! : eitherOf(both[0]!) };
}

/** Which datapath it will be the machine decides: the one in user space loses at least as much. */
function eitherOf(causes: readonly Cause[]): Cause[] {
  return causes.map((cause) => {
    if (!cause.bound || cause.bound.high === 0) return cause;
    const { from, high } = cause.bound;
    return { ...cause, bound: { low: 0, high, from: `${from}; less where the datapath is the kernel's` } };
  });
}

function lossOf(
  { target, signal, down_ms }: ForeseenFault,
  switches: readonly Switch[],
): DaemonLoss | undefined {
  if (target.kind !== 'process' || signal === undefined) return undefined;
  const daemon = daemonNamed(target.process);
  if (daemon === undefined) return undefined;
  const { node: selector } = target;
  const of = selector.kind === 'node' ? selector.node : selector.role === 'switch' ? selector.of : undefined;
  const own = switches.filter(
    ({ node, wires }) =>
      node === of ||
      (selector.kind === 'role' && wires.some(({ peers }) => peers.some((one) => one.node === of))),
  );
  if (own.length !== 1) return undefined;
  return { node: own[0]!.node, daemon, signal, ...(down_ms === undefined ? {} : { down_ms }) };
}
