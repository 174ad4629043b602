import type { Drill, DrillFault, RandomFaults } from '../drill/drill.ts';
import { faultsOfTrial } from '../drill/random-faults.ts';
import { formatValue } from '../journal/format-value.ts';
import { parseTarget, roles } from '../systems/roles.ts';
import type { NodeSelector } from '../topology/targets.ts';
import type { Topology, TopologyNode } from '../topology/topology.ts';

/** A fault, and what its target is in the topology: several where a role decides when the time has come. */
export type PlannedFault = DrillFault & { hits: string[] };

/** What the trials of a run would break. */
export interface FaultPlan {
  /** Of every trial; with `random` what is drawn from. */
  faults: PlannedFault[];
  random?: RandomFaults;
  /** With `random`: what each trial draws, in order. */
  trial_faults?: PlannedFault[][];
}

/** @param replay what trials break instead, by index. */
export function planFaults(
  { name, faults, random }: Drill,
  topology: Topology,
  {
    trials,
    seed,
    replay,
  }: { trials: number; seed: number; replay?: ReadonlyMap<number, readonly DrillFault[]> | undefined },
): FaultPlan {
  const planned = (list: readonly DrillFault[]) =>
    list.map((fault) => ({ ...fault, hits: hitsOf(fault.target, topology) }));
  const each = Array.from({ length: trials }, (_, at) =>
    planned(
      replay?.get(at + 1) ??
        faultsOfTrial({ faults, ...(random ? { random } : {}) }, { seed, drill: name }, at + 1),
    ),
  );
  return {
    faults: planned(faults),
    ...(random ? { random } : {}),
    ...(random || replay ? { trial_faults: each } : {}),
  };
}

/** More trials than these are counted. */
const MOST_TRIALS = 20;

/** Lines for people: the faults, and what each trial breaks where that is not the same in all. */
export function faultLines({ faults, random, trial_faults }: FaultPlan): string[] {
  if (!trial_faults) return faults.map(describeFault);
  const shown = trial_faults
    .slice(0, MOST_TRIALS)
    .map((list, at) => `trial ${at + 1}: ${list.map(describeFault).join('; ')}`);
  const rest = trial_faults.length - shown.length;
  return [
    ...(random ? [`${random.count} of ${faults.length} drawn for each trial, by the seed`] : []),
    ...shown,
    ...(rest > 0 ? [`and ${rest} more trials (--json lists all)`] : []),
  ];
}

function describeFault({ kind, target, hits, options, at_ms, after_ms, heal_ms }: PlannedFault): string {
  const said = Object.entries(options).map(([name, value]) => `, ${name} ${value}`);
  const pause = after_ms > 0 ? `after ${plainTime(after_ms)}: ` : '';
  const due = at_ms === undefined ? pause : `at ${plainTime(at_ms)}: `;
  const healed = heal_ms === undefined ? '' : `, healed ${plainTime(heal_ms)} later`;
  const what =
    hits.length === 0 || (hits.length === 1 && hits[0] === target) ? '' : ` (${hits.join(' or ')})`;
  return `${due}${kind} of ${target}${what}${said.join('')}${healed}`;
}

/** What a target may turn out to be; none for one that cannot be read. */
function hitsOf(text: string, topology: Topology): string[] {
  const target = parseTarget(text);
  if (target.kind === 'host') return [hostOf(target.host, topology)];
  if (target.kind === 'network') return [];
  const nodes = candidates(target.node, topology);
  switch (target.kind) {
    case 'host-of':
      return [...new Set(nodes.map(({ host }) => hostOf(host, topology)))];
    case 'node':
      return nodes.map(({ name }) => name);
    case 'process':
      return nodes.map(({ name }) => `${name}/${target.process}`);
    case 'interface':
      return nodes.map(({ name }) => `${name}:${target.interface}`);
  }
}

function candidates(selector: NodeSelector, topology: Topology): readonly TopologyNode[] {
  if (selector.kind === 'node') return topology.nodes.filter(({ name }) => name === selector.node);
  const found = roles.get(selector.role)?.candidates(selector.of, topology) ?? [];
  return 'message' in found ? [] : found;
}

function hostOf(host: string, { nodes }: Topology): string {
  const on = nodes.filter((node) => node.host === host).map(({ name }) => name);
  return `host:${host} (${on.join(', ')})`;
}

/** A time that was chosen, not measured, so mostly a round one: `5 s`, `1.5 s`, `2 min 5 s`. */
export function plainTime(ms: number): string {
  return formatValue('_ms', ms)
    .replace(/\.0+ /, ' ')
    .replace(/(\.\d*[1-9])0+ /, '$1 ');
}
