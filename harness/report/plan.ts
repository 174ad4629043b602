import path from 'node:path';
import type { z } from 'zod';
import type { Drill, DrillFault } from '../drill/drill.ts';
import { brokenForMs } from '../drill/fault-schedule.ts';
import type { LoadedDrill } from '../drill/load-drill.ts';
import { MASK } from '../ground/mask-secrets.ts';
import { isSecretName } from '../ground/secret-names.ts';
import { probes } from '../probes/registry.ts';
import { duration } from '../topology/duration.ts';
import { fabricPorts } from '../topology/ports.ts';
import type { TopologyNode } from '../topology/topology.ts';
import type { DrillPlan, PlannedNode } from './drill-plan.ts';
import { planFaults } from './plan-faults.ts';
import { planText } from './plan-text.ts';

/** The plan of a run as a serialisable object, and as text for people that ends with a newline. */
export function planReport(
  loaded: LoadedDrill,
  options: {
    trials: number;
    seed: number;
    width?: number;
    /** What trials break instead of what the drill says, by index. */
    replay?: ReadonlyMap<number, readonly DrillFault[]> | undefined;
  },
): { text: string; plan: DrillPlan } {
  const { drill, topology, foreseen } = loaded;
  const { trials, seed } = options;
  const { bridges, ports } = fabricPorts(topology);
  const { steady_ms, settled_ms, rejoin_ms } = drill.hold;
  const faults = planFaults(drill, topology, options);
  const each = faults.trial_faults ?? Array.from({ length: trials }, () => faults.faults);
  const broken_ms = each.reduce((sum, list) => sum + brokenForMs(list), 0);
  const plan: DrillPlan = {
    drill: drill.name,
    description: drill.description,
    topology: drill.topology,
    profile: drill.profile,
    variables: shownVariables(drill),
    nodes: topology.nodes.map((node) => plannedNode(node, path.dirname(drill.topology))),
    segments: bridges.map((bridge) => ({
      name: bridge.name,
      ports: ports
        .filter((port) => port.bridge === bridge.name)
        .map((port) => ({
          node: port.node,
          interface: port.interface,
          address: port.ipv4 ?? port.ipv6 ?? null,
        })),
    })),
    probes: drill.probes.map(({ name, kind, options }) => ({ name, kind, ...namedWithUnits(kind, options) })),
    ...faults,
    hold: drill.hold,
    expectations: drill.expect,
    ...foreseen,
    trials,
    seed,
    at_least_ms: trials * (steady_ms + settled_ms + rejoin_ms) + broken_ms,
  };
  return { text: planText(plan, options.width ?? 100), plan };
}

/** Those in force, with what the user named; without the values of those whose names say that they are secret. */
function shownVariables({ variables, environment }: Drill): Record<string, string> {
  const all = Object.entries({ ...variables, ...environment });
  return Object.fromEntries(all.map(([name, value]) => [name, isSecretName(name) ? MASK : (value ?? MASK)]));
}

function plannedNode(node: TopologyNode, folder: string): PlannedNode {
  const { name, host, image, binds, exec, cap_add } = node;
  const foreign = binds.filter(({ source }) => path.relative(folder, source).startsWith('..'));
  return {
    name,
    host,
    image,
    foreign_binds: foreign.map(
      ({ source, target, read_only }) => `${source}:${target}${read_only ? ':ro' : ''}`,
    ),
    exec: exec.map((words) => words.join(' ')),
    cap_add,
  };
}

function namedWithUnits(kind: string, options: Record<string, unknown>): Record<string, unknown> {
  const shape: Record<string, z.core.$ZodType> = probes.need(kind).options.shape;
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [isDuration(shape[key]) ? `${key}_ms` : key, value]),
  );
}

/** Whether an option was read by `duration`, with a default or further checks around it or not. */
function isDuration(schema: z.core.$ZodType | undefined): boolean {
  let inner: unknown = schema;
  while (inner instanceof Object && inner !== duration && '_zod' in inner) {
    inner = (inner as { _zod: { def: { innerType?: unknown } } })._zod.def.innerType;
  }
  return inner === duration;
}
