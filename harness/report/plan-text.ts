import { cleanLines } from '../ground/clean-text.ts';
import { formatRange, formatValue } from '../journal/format-value.ts';
import type { Bound } from '../journal/journal.ts';
import type { DrillPlan, PlannedNode, PlannedProbe } from './drill-plan.ts';
import { faultLines, plainTime } from './plan-faults.ts';
import { textTable } from './text-table.ts';
import { wrap } from './wrap.ts';

/** The longest label and the gap behind it. */
const LABEL_COLUMNS = 14;

/** The plan of a run for people, ends with a newline. */
export function planText(of: DrillPlan, width: number): string {
  const plan = cleanLines(of);
  const rows: [string, string[]][] = [
    ['Topology', [plan.topology]],
    ['Profile', [`${plan.profile}${variableList(plan)}`]],
    ['Hosts', hosts(plan)],
    ['Binds', perNode(plan, ({ foreign_binds }) => foreign_binds)],
    ['Exec', perNode(plan, ({ exec }) => exec)],
    ['Capabilities', perNode(plan, ({ cap_add }) => (cap_add.length > 0 ? [cap_add.join(', ')] : []))],
    ['Segments', plan.segments.map(describeSegment)],
    ['Probes', plan.probes.map(describeProbe)],
    [plan.faults.length > 1 ? 'Faults' : 'Fault', faultLines(plan)],
    ['Holds', [describeHolds(plan)]],
    ['Expectations', plan.expectations.map((one) => describeExpectation(one, plan.bounds[one.metric]))],
    ['Allowed', allowedLines(plan)],
    ['Trials', [`${plan.trials}, seed ${plan.seed}`]],
    ['Time', [describeTime(plan)]],
  ];
  // One row for every line: a cell of many lines takes the table long.
  const body = rows.flatMap(([label, lines]) =>
    lines
      .flatMap((line) => wrap(line, width - LABEL_COLUMNS, '  ').split('\n'))
      .map((line, at) => [at === 0 ? label : '', line]),
  );
  return `${wrap(`${plan.drill}: ${plan.description}`, width, '  ')}\n\n${textTable([], body)}`;
}

function variableList({ variables }: DrillPlan): string {
  const list = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return list.length > 0 ? `: ${list.join(' ')}` : '';
}

/** What a node is given of this machine, or has run in it, a line each. */
function perNode({ nodes }: DrillPlan, of: (node: PlannedNode) => string[]): string[] {
  return nodes.flatMap((node) => of(node).map((one) => `${node.name}: ${one}`));
}

function hosts({ nodes }: DrillPlan): string[] {
  return [...Map.groupBy(nodes, (node) => node.host)].map(
    ([host, its]) => `${host}: ${its.map(({ name, image }) => `${name} (${image})`).join(', ')}`,
  );
}

function describeSegment({ name, ports }: DrillPlan['segments'][number]): string {
  const ends = ports.map((port) => `${port.node}:${port.interface}${port.address ? ` ${port.address}` : ''}`);
  return `${name}: ${ends.join(', ')}`;
}

function describeProbe({ name, kind, from, to, ...options }: PlannedProbe): string {
  const said = Object.entries(options).map(([key, value]) => {
    if (key.endsWith('_ms') && typeof value === 'number') {
      return `${key.slice(0, -'_ms'.length)} ${plainTime(value)}`;
    }
    return `${key} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`;
  });
  const ends = [...(from ? [`from ${String(from)}`] : []), ...(to ? [`to ${[to].flat().join(', ')}`] : [])];
  return `${name}: ${[[kind, ...ends].join(' '), ...said].join(', ')}`;
}

function describeHolds({ hold }: DrillPlan): string {
  return (
    `steady ${plainTime(hold.steady_ms)}, settled ${plainTime(hold.settled_ms)}, rejoin ${plainTime(hold.rejoin_ms)}; ` +
    `deadlines: takeover ${plainTime(hold.takeover_ms)}, recovery ${plainTime(hold.recovery_ms)}`
  );
}

function describeExpectation(
  { metric, stat, op, value, known }: DrillPlan['expectations'][number],
  bound: Bound | undefined,
): string {
  const amount = formatValue(metric, value);
  const margin = value === 0 ? '' : ` ± ${amount}`;
  const range = bound ? formatRange(metric, bound.low, bound.high) : "the protocol's bound";
  const wanted = op === 'within_bound' ? `within ${range}${margin}` : `${op} ${amount}`;
  const why = known === undefined ? '' : `; known to fail: ${known}`;
  return `${metric}: ${stat === 'each' ? `${wanted} in every trial` : `${stat} ${wanted}`}${why}`;
}

/** Where bounds come from, and why there are none: each once, with its metrics. */
function allowedLines({ bounds, missing_bounds }: DrillPlan): string[] {
  const grouped = (pairs: [string, string][]) =>
    [...Map.groupBy(pairs, ([, words]) => words)].map(([words, its]) => ({
      metrics: its.map(([metric]) => metric).join(', '),
      words,
    }));
  const known = Object.entries(bounds).map(([metric, { from }]): [string, string] => [metric, from]);
  return [
    ...grouped(known).map(({ metrics, words }) => `${metrics}: ${words}`),
    ...grouped(Object.entries(missing_bounds)).map(
      ({ metrics, words }) => `${metrics}: not known before a lab runs: ${words}`,
    ),
  ];
}

function describeTime({ trials, at_least_ms }: DrillPlan): string {
  const total = plainTime(at_least_ms);
  const each = trials > 1 ? ` (${trials} trials of ${plainTime(at_least_ms / trials)})` : '';
  return `at least ${total}${each}, besides the takeovers and building the lab`;
}
