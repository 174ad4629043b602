import { clashOfName, metricsOfDrill } from '../analysis/metrics.ts';
import type { InputProblem } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import { ofAnyFault } from '../journal/metric-name.ts';
import { probes } from '../probes/registry.ts';
import type { LoadedSystems } from '../systems/load-systems.ts';
import { systems } from '../systems/registry.ts';
import type { Topology } from '../topology/topology.ts';
import type { YamlPath, YamlSource } from '../topology/yaml-source.ts';
import type { Drill } from './drill.ts';
import { checkFaults } from './drill-faults.ts';

/** What in a drill does not fit the topology that it runs on: nodes of probes, targets, metrics. */
export function checkAgainstTopology(
  drill: Drill,
  topology: Topology,
  loaded: LoadedSystems,
  source: YamlSource,
): InputProblem[] {
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
    ...checkByFiles(drill, loaded).map(({ message, at }) => problem(message, at)),
  ];
}

function checkProbe(
  probe: Drill['probes'][number],
  topology: Topology,
): { message: string; key: string[] }[] {
  const names = topology.nodes.map((node) => node.name);
  const clash = clashOfName(probe);
  const used = probes.need(probe.kind).nodes(probe.options as never);
  const missing = used
    .filter((node) => !names.includes(node))
    .map((node) => ({
      message: `the topology has no node '${node}'${didYouMean(node, names)}; it has ${names.join(', ')}`,
      key: Object.keys(probe.options)
        .filter((key) => [probe.options[key]].flat().includes(node))
        .slice(0, 1),
    }));
  return clash === undefined
    ? missing
    : [{ message: `a probe cannot be called '${probe.name}': ${clash}`, key: [] }, ...missing];
}

/** What of the probes' options does not fit the files of the systems under test. */
function checkByFiles({ probes: list }: Drill, loaded: LoadedSystems): { message: string; at: YamlPath }[] {
  return list.flatMap(({ name, options }) =>
    [...systems.values()].flatMap((system) =>
      (system.checkProbe?.(loaded.of(system), options) ?? []).map(({ message, key }) => ({
        message,
        at: ['probes', name, key],
      })),
    ),
  );
}

function checkMetric(metric: string, drill: Drill, topology: Topology): string[] {
  const known = [...metricsOfDrill(drill.probes, drill.random?.count ?? drill.faults.length).keys()];
  if (!known.includes(metric)) {
    return [`there is no metric '${metric}'${didYouMean(metric, known)}; this drill has ${known.join(', ')}`];
  }
  const name = ofAnyFault(metric);
  const all = [...systems.values()];
  const owner = all.find(({ metrics }) => Object.hasOwn(metrics, name));
  const given = all.some((one) => (one === owner || one.stands_in_for?.includes(name)) && one.isIn(topology));
  return !owner || given ? [] : [`'${metric}' needs ${owner.needs}`];
}
