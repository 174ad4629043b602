import type { InputProblem } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import { probes } from '../probes/registry.ts';
import type { Networks } from '../systems/dhcp/config/networks.ts';
import type { Topology } from '../topology/topology.ts';
import type { YamlPath, YamlSource } from '../topology/yaml-source.ts';
import type { Drill } from './drill.ts';
import { checkFaults } from './drill-faults.ts';
import { CLUSTER_METRICS, DHCP_METRICS, knownMetrics, PHASE_METRICS, VIP_METRICS } from './metrics.ts';

/** What in a drill does not fit the topology that it runs on: nodes of probes, targets, metrics. */
export function checkAgainstTopology(drill: Drill, topology: Topology, source: YamlSource): InputProblem[] {
  const problem = (message: string, at: YamlPath): InputProblem => ({
    message,
    position: source.positionOf(at),
  });
  return [
    ...drill.probes.flatMap((probe) =>
      checkProbe(probe, topology).map(({ message, key }) => problem(message, ['probes', probe.name, ...key])),
    ),
    ...checkFaults(drill.faults, topology, source),
    ...drill.expect.flatMap(({ metric }, at) =>
      checkMetric(metric, drill, topology).map((message) => problem(message, ['expect', at, 'metric'])),
    ),
  ];
}

function checkProbe(
  probe: Drill['probes'][number],
  topology: Topology,
): { message: string; key: string[] }[] {
  const names = topology.nodes.map((node) => node.name);
  const used = probes.need(probe.kind).nodes(probe.options as never);
  return used
    .filter((node) => !names.includes(node))
    .map((node) => ({
      message: `the topology has no node '${node}'${didYouMean(node, names)}; it has ${names.join(', ')}`,
      key: Object.keys(probe.options)
        .filter((key) => [probe.options[key]].flat().includes(node))
        .slice(0, 1),
    }));
}

/** Networks that probes name, and metrics that only labs with DHCP agents have. */
export function checkNetworks(
  { probes: list, expect }: Drill,
  networks: Networks | undefined,
): { message: string; at: YamlPath }[] {
  const names = networks?.networks.map(({ name }) => name) ?? [];
  const unknown = list.flatMap(({ name, options }) => {
    const { network } = options;
    if (typeof network !== 'string' || names.includes(network)) return [];
    const known = names.length > 0 ? `there are ${names.join(', ')}` : 'the topology has none';
    const message = `there is no network '${network}'${didYouMean(network, names)}; ${known}`;
    return [{ message, at: ['probes', name, 'network'] }];
  });
  const idle = expect.flatMap(({ metric }, at) =>
    metric in DHCP_METRICS && !networks
      ? [
          {
            message: `'${metric}' needs DHCP agents: no node has a label hadrill.dhcp`,
            at: ['expect', at, 'metric'],
          },
        ]
      : [],
  );
  return [...unknown, ...idle];
}

function checkMetric(metric: string, drill: Drill, topology: Topology): string[] {
  const known = [...knownMetrics(drill.probes, drill.faults.length).keys()];
  if (!known.includes(metric)) {
    return [`there is no metric '${metric}'${didYouMean(metric, known)}; this drill has ${known.join(', ')}`];
  }
  const routers = topology.nodes.flatMap((node) => node.virtual_routers);
  const clustered = topology.nodes.some(({ cluster }) => cluster !== undefined);
  const name = metric.replace(/^fault\d+\./, '');
  if (name in CLUSTER_METRICS && !clustered) {
    return [`'${metric}' needs a cluster: no node has a label hadrill.cluster`];
  }
  if ((name in VIP_METRICS || name in PHASE_METRICS) && routers.length === 0) {
    const as_cluster = clustered && name.replace('vip.', 'cluster.') in CLUSTER_METRICS;
    if (!as_cluster) return [`'${metric}' needs a virtual router: no node has a label hadrill.vr.NAME`];
  }
  return [];
}
