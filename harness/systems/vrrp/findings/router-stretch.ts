import type { FaultSpan } from '../../../evidence/fault-spans.ts';
import { type LabTime, msFromNs } from '../../../ground/time.ts';
import type { RouterFacts, TrialWindows } from '../../../journal/trial-facts.ts';

type Spans = readonly [FaultSpan, ...FaultSpan[]];

/** The time in which what a virtual router does is the doing of one fault. */
export interface RouterStretch {
  /** With the owner that it had when the fault was applied. */
  router: RouterFacts;
  /** Healed, or ended by the first later fault that found the router with an owner. */
  windows: TrialWindows;
  /** When that later fault was applied, or the trial ended. */
  next_ns: LabTime;
  /** Later faults in it that took part of a member. */
  meanwhile: readonly FaultSpan[];
}

/**
 * The stretch of one fault for one router. A takeover that is still under way when the next fault is applied is that of
 * the fault before it: the next one found no owner, and could take none.
 * @param at which of `spans`.
 * @param whole of the whole trial.
 * @returns undefined of a fault that found the router without an owner.
 */
export function routerStretch(
  router: RouterFacts,
  spans: Spans,
  at: number,
  whole: TrialWindows,
): RouterStretch | undefined {
  if (isUnderWay(router, spans, at)) return undefined;
  const { windows, fault } = spans[at]!;
  const later = spans.slice(at + 1);
  const next = later.findIndex((_, number) => !isUnderWay(router, spans, at + 1 + number));
  const next_ns = later[next]?.fault.before_ns ?? whole.end_ns;
  const until_ns = Math.min(next_ns, fault.mended?.from_ns ?? Infinity, whole.heal_ns);
  const nodes = new Set(router.members.map(({ node }) => node));
  return {
    router: at === 0 ? router : withOwner(router, fault.owners?.[router.name]),
    windows: { ...windows, heal_ns: Math.max(windows.fault_ns, until_ns) },
    next_ns,
    meanwhile: later
      .slice(0, next === -1 ? undefined : next)
      .filter(({ fault: { victims } }) => victims?.some((node) => nodes.has(node)) ?? true),
  };
}

/** Why the protocol's bound does not hold for a takeover; undefined where no other fault came before its end. */
export function disturbedBy(
  { windows, meanwhile }: Pick<RouterStretch, 'windows' | 'meanwhile'>,
  taken_ns: LabTime | undefined,
): string | undefined {
  const first = meanwhile.find(({ fault }) => fault.before_ns < (taken_ns ?? Infinity));
  if (!first) return undefined;
  const after_ms = msFromNs(first.fault.before_ns - windows.fault_ns).toFixed(0);
  return `another fault, ${first.fault.label}, was applied ${after_ms} ms after it, before the takeover was over`;
}

/** Records of before do not say who owned what. */
function isUnderWay({ name }: RouterFacts, spans: Spans, at: number): boolean {
  const owners = spans[at]?.fault.owners;
  return at > 0 && owners !== undefined && owners[name] === undefined;
}

function withOwner({ owner: _, ...router }: RouterFacts, owner: string | undefined): RouterFacts {
  return { ...router, ...(owner === undefined ? {} : { owner }) };
}
