import { didYouMean } from '../ground/near-name.ts';
import type { ResolvedBridges } from './resolve-bridges.ts';
import type { ResolveContext } from './resolve-context.ts';
import type { PlacedNode } from './resolve-node.ts';
import type { PlacedRule } from './resolve-stages.ts';

/**
 * Checks what nodes wait for. Rules that name a bridge or a node played by the fabric are met by themselves,
 * as the fabric is complete before any node starts, and are taken out of the nodes.
 */
export function checkStages(
  context: ResolveContext,
  placed: readonly PlacedNode[],
  resolved: ResolvedBridges,
): void {
  const byName = new Map(placed.map((entry) => [entry.node.name, entry]));
  const isFabric = (name: string) => resolved.fabric_nodes.has(name) || resolved.bridges.has(name);
  for (const { rules, node } of placed) {
    for (const rule of rules) checkRule(context, rule, byName, isFabric(rule.node));
    node.stages = node.stages.filter((rule) => !isFabric(rule.node));
  }
  for (const cycle of cyclesOf(placed)) {
    const names = cycle.map(({ node }) => node);
    const message =
      names.length === 1
        ? `node '${names[0]}' waits for itself`
        : `nodes wait for each other: ${[...names, names[0]].join(' -> ')} (an arrow reads "waits for")`;
    context.report(cycle[0]!.rule.path, message);
  }
}

function checkRule(
  context: ResolveContext,
  rule: PlacedRule,
  byName: ReadonlyMap<string, PlacedNode>,
  isFabric: boolean,
): void {
  if (isFabric) {
    if (rule.stage === 'create' || rule.stage === 'create-links' || rule.stage === 'configure') return;
    const message = `'${rule.node}' is part of hadrill's fabric and never gets to stage '${rule.stage}'`;
    context.report([...rule.path, 'stage'], message);
    return;
  }
  const awaited = byName.get(rule.node);
  if (!awaited) {
    if (context.node_names.has(rule.node)) return;
    const near = didYouMean(rule.node, context.node_names);
    context.report([...rule.path, 'node'], `wait-for names unknown node '${rule.node}'${near}`);
    return;
  }
  const check = awaited.node.healthcheck;
  const isRefused = context.isRefused(['topology', 'nodes', rule.node, 'healthcheck']);
  if (rule.stage === 'healthy' && (!check || check.test[0] === 'NONE') && !isRefused) {
    context.report(
      [...rule.path, 'stage'],
      `waits until '${rule.node}' is healthy, but that node has no healthcheck`,
    );
  }
}

interface Step {
  node: string;
  /** Why the node waits for the next one. */
  rule: PlacedRule;
}

/**
 * Every cycle once, starting with the node that comes first in the file. Whole nodes are compared, whatever
 * their stages, because containerlab refuses a file by the same rule.
 */
function cyclesOf(placed: readonly PlacedNode[]): Step[][] {
  const order = new Map(placed.map(({ node }, index) => [node.name, index]));
  const rulesOf = new Map(placed.map(({ node, rules }) => [node.name, rules]));
  const cycles: Step[][] = [];
  const done = new Set<string>();
  for (const { node } of placed) walk(node.name, rulesOf, done, (cycle) => cycles.push(rotate(cycle, order)));
  return cycles;
}

/** A node on the way, and how many of its rules have been followed. */
interface Stop {
  name: string;
  followed: number;
}

/** Goes from node to awaited node, without recursion: a chain may be as long as the file. */
function walk(
  from: string,
  rulesOf: ReadonlyMap<string, readonly PlacedRule[]>,
  done: Set<string>,
  onCycle: (cycle: readonly Step[]) => void,
): void {
  if (done.has(from)) return;
  const way: Stop[] = [{ name: from, followed: 0 }];
  const placeOn = new Map([[from, 0]]);
  const stepAt = ({ name, followed }: Stop): Step => ({
    node: name,
    rule: rulesOf.get(name)![followed - 1]!,
  });
  for (let here = way.at(-1); here; here = way.at(-1)) {
    const rule = rulesOf.get(here.name)?.[here.followed];
    here.followed += 1;
    if (!rule) {
      done.add(here.name);
      placeOn.delete(here.name);
      way.pop();
      continue;
    }
    const start = placeOn.get(rule.node);
    if (start !== undefined) onCycle(way.slice(start).map(stepAt));
    else if (!done.has(rule.node)) {
      placeOn.set(rule.node, way.length);
      way.push({ name: rule.node, followed: 0 });
    }
  }
}

function rotate(cycle: readonly Step[], order: ReadonlyMap<string, number>): Step[] {
  const ranks = cycle.map(({ node }) => order.get(node) ?? 0);
  const first = ranks.indexOf(Math.min(...ranks));
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}
