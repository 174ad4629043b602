import { isDeepStrictEqual } from 'node:util';
import type { Bound } from '../journal/journal.ts';
import { portWord } from '../observe/carried-ports.ts';
import type { ProbeKind } from '../probes/probe.ts';
import { type Cause, pairWord, type Reach } from '../systems/system-analysis.ts';
import { familyOf } from '../topology/addresses.ts';

/** How long a fault may keep a probe from its service, or why that is not known; neither where it does not. */
export interface ProbeCause {
  takeover: Bound | undefined;
  missing: string | undefined;
  /** The same of what only disturbs some of its requests; left out where nothing does. */
  disturbance?: Bound | string;
  /** The same of what keeps only flows from it that begin after the fault. */
  new_flows?: Bound | string;
}

const NONE: ProbeCause = { takeover: undefined, missing: undefined };

type AskingKind = Pick<ProbeKind, 'on_link' | 'behind'> & Partial<Pick<ProbeKind, 'port' | 'nodes'>>;

/** Which of a fault's causes may keep a probe from its service: the one that names its address before all others. */
export function causeFor(
  all: readonly Cause[],
  kind: AskingKind,
  options: Readonly<Record<string, unknown>>,
): ProbeCause {
  const of = (which: (cause: Cause) => boolean) => {
    const causes = all.filter(which);
    return withPairs(causes, causesOf(causes, kind, options), kind.nodes?.(options));
  };
  const cut = of(({ disturbs, new_flows }) => !disturbs && !new_flows);
  const disturbed = of(({ disturbs }) => disturbs === true);
  const later = of(({ new_flows }) => new_flows === true);
  const disturbance = disturbed.takeover ?? disturbed.missing;
  const new_flows = later.takeover ?? later.missing;
  return {
    ...cut,
    ...(disturbance === undefined ? {} : { disturbance }),
    ...(new_flows === undefined ? {} : { new_flows }),
  };
}

/** Whether two probes are kept from their services by the same: what one felt says how long the other's way was cut. */
export function areAlike(one: ProbeCause, other: ProbeCause): boolean {
  return isDeepStrictEqual([one.takeover, one.missing], [other.takeover, other.missing]);
}

/** With what lies between the two nodes of the probe, if anything does. */
function withPairs(causes: readonly Cause[], others: ProbeCause, nodes: readonly string[] = []): ProbeCause {
  const [from, to] = nodes;
  if (from === undefined || to === undefined) return others;
  const pair = pairWord(from, to);
  const own = causes.filter(({ reaches }) => reaches.kind === 'between' && reaches.pairs.has(pair));
  if (own.length === 0) return others;
  const { takeover, missing } = others;
  const rest = { ...(takeover ? { bound: takeover } : {}), ...(missing === undefined ? {} : { missing }) };
  const known = Object.keys(rest).length > 0;
  return together(known ? [...own, { reaches: { kind: 'behind' }, ...rest }] : own);
}

function causesOf(
  causes: readonly Cause[],
  { on_link, behind, port }: AskingKind,
  options: Readonly<Record<string, unknown>>,
): ProbeCause {
  const { address } = options;
  const of = (kind: Reach['kind']) => together(causes.filter(({ reaches }) => reaches.kind === kind));
  if (on_link) return of('on-link');
  const routed = together(routedBy(causes, port && portWord(port(options)), address));
  const own = causes.filter(
    ({ reaches }) => reaches.kind === 'addresses' && reaches.addresses.has(String(address)),
  );
  if (own.length > 0) {
    const { takeover, missing } = together(own);
    return { takeover, missing: missing ?? routed.missing };
  }
  if (!behind) return routed;
  const { takeover, missing } = of('behind');
  // Which way a request takes is not known: with one of the routers gone there is no bound for what is behind them.
  return { takeover: routed.takeover ? undefined : takeover, missing: missing ?? routed.missing };
}

/** What may keep packets from being sent on: of a probe whose way was seen, on that way alone. */
function routedBy(causes: readonly Cause[], port: string | undefined, address: unknown): Cause[] {
  return causes.filter(({ reaches }) => {
    if ('own' in reaches && reaches.own?.has(String(address))) return false;
    if (reaches.kind === 'carried') return port !== undefined && reaches.ports.has(port);
    if (reaches.kind !== 'routed' || (port !== undefined && reaches.but?.has(port))) return false;
    return (
      reaches.family === undefined || typeof address !== 'string' || reaches.family === familyOf(address)
    );
  });
}

/** Of several that reach a probe, it is served again when the last of them is over. */
function together(causes: readonly Cause[]): ProbeCause {
  const missing = causes.find((one) => one.missing !== undefined)?.missing;
  const bounds = causes.flatMap(({ bound }) => bound ?? []);
  if (missing !== undefined || bounds.length < causes.length) return { ...NONE, missing };
  return { ...NONE, takeover: lastOf(bounds) };
}

function lastOf(bounds: readonly Bound[]): Bound | undefined {
  const [first, ...others] = bounds;
  if (!first || others.length === 0) return first;
  const phased = bounds.flatMap(({ at_phase }) => at_phase ?? []);
  return {
    low: Math.max(...bounds.map(({ low }) => low)),
    high: Math.max(...bounds.map(({ high }) => high)),
    from: [...new Set(bounds.map(({ from }) => from))].join(', and '),
    ...(phased.length === bounds.length ? { at_phase: Math.max(...phased) } : {}),
  };
}
