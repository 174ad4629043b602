import { holdersAt } from '../../../evidence/address-holding.ts';
import type { FaultSpan } from '../../../evidence/fault-spans.ts';
import { type LabTime, msFromNs } from '../../../ground/time.ts';
import type { RouterFacts, TrialFacts, TrialWindows } from '../../../journal/trial-facts.ts';
import { addressChanges } from '../../shared-address.ts';
import { sharedAddress } from './router-taking.ts';

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
  /** When the fault was healed in it, while nobody had the address. */
  healed_ns: LabTime | undefined;
}

/**
 * The stretch of one fault for one router. A takeover that is still under way when the next fault is applied, or when the
 * fault is healed before the others, is that of this fault: the next one found no owner, and could take none.
 * @param at which of `spans`.
 * @param trial its windows, and who got and lost addresses in it.
 * @returns undefined of a fault that found the router without an owner.
 */
export function routerStretch(
  router: RouterFacts,
  spans: Spans,
  at: number,
  { windows: whole, address_events }: { windows: TrialWindows } & Pick<TrialFacts, 'address_events'>,
): RouterStretch | undefined {
  if (isUnderWay(router, spans, at)) return undefined;
  const { windows, fault } = spans[at]!;
  const later = spans.slice(at + 1);
  const next = later.findIndex((_, number) => !isUnderWay(router, spans, at + 1 + number));
  const next_ns = later[next]?.fault.before_ns ?? whole.end_ns;
  const own = at === 0 ? router : withOwner(router, fault.owners?.[router.name]);
  const healed_ns = fault.mended?.from_ns ?? Infinity;
  const changes = addressChanges(sharedAddress(own), address_events, fault.before_ns);
  const is_lost = holdersAt(own.owner, changes, healed_ns) === 0;
  const until_ns = Math.min(next_ns, is_lost ? Infinity : healed_ns, whole.heal_ns);
  const nodes = new Set(router.members.map(({ node }) => node));
  return {
    router: own,
    windows: { ...windows, heal_ns: Math.max(windows.fault_ns, until_ns) },
    next_ns,
    meanwhile: later
      .slice(0, next === -1 ? undefined : next)
      .filter(({ fault: { victims } }) => victims?.some((node) => nodes.has(node)) ?? true),
    healed_ns: healed_ns < until_ns ? healed_ns : undefined,
  };
}

/** Why the protocol's bound does not hold for a takeover; undefined where nothing else was done before its end. */
export function disturbedBy(
  { windows, meanwhile, healed_ns = Infinity }: Omit<RouterStretch, 'router' | 'next_ns'>,
  taken_ns: LabTime = Infinity,
): string | undefined {
  const after = (at_ns: LabTime) => `${msFromNs(at_ns - windows.fault_ns).toFixed(0)} ms after it`;
  const first = meanwhile.find(({ fault }) => fault.before_ns < taken_ns)?.fault;
  if (first)
    return `another fault, ${first.label}, was applied ${after(first.before_ns)}, before the takeover was over`;
  return healed_ns < taken_ns
    ? `the fault was healed ${after(healed_ns)}, before the takeover was over`
    : undefined;
}

/** Records of before do not say who owned what. */
function isUnderWay({ name }: RouterFacts, spans: Spans, at: number): boolean {
  const owners = spans[at]?.fault.owners;
  return at > 0 && owners !== undefined && owners[name] === undefined;
}

function withOwner({ owner: _, ...router }: RouterFacts, owner: string | undefined): RouterFacts {
  return { ...router, ...(owner === undefined ? {} : { owner }) };
}
