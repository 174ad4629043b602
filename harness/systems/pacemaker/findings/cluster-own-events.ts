import type { FaultSpan } from '../../../evidence/fault-spans.ts';
import type { ClusterFacts } from '../../../journal/cluster-facts.ts';
import type { AddressEvent } from '../../../journal/trial-facts.ts';
import { type ClusterCause, type ClusterEvent, causeOf } from './cluster-events.ts';
import { holdersAt } from './cluster-vip-changes.ts';

/** What of a cluster's events one fault did. */
export interface OwnEvents {
  /** In order of time; of a later fault from the cause on. */
  events: readonly ClusterEvent[];
  cause: ClusterCause | undefined;
  /** Why it is not clear what this fault did: a sentence. Then there are no events. */
  unclear?: string;
}

/**
 * Parts what a cluster did about one fault from what it did about those before it. What it does about a fault that was
 * still under way when the next one was applied cannot be kept apart, and belongs to no fault.
 * @param all the events of the whole trial, in order of time.
 * @param earlier the faults before this one.
 */
export function ownEventsOf(
  all: readonly ClusterEvent[],
  span: FaultSpan,
  earlier: readonly FaultSpan[],
): OwnEvents {
  const { departure, victims, loss } = span.fault;
  const events = within(all, span);
  if (earlier.length === 0) return { events, cause: causeOf(events, departure) };
  if (!victims) return unclear('its records do not say which nodes it took part of');
  const others = new Set(earlier.flatMap((one) => one.fault.victims ?? []));
  for (const victim of victims) others.delete(victim);
  const isOthers = (event: ClusterEvent) => isReason(event) && others.has(event.node);
  const cause = causeOf(
    events.filter((event) => !isOthers(event)),
    departure,
  );
  const first_ns = cause?.event.at_ns ?? Infinity;
  const before = events.filter(({ at_ns }) => at_ns < first_ns);
  const late = before.some(isOthers) && earlier.some((one) => !causeOf(within(all, one)));
  const acting = before.some(({ task }) => task === 'start' || task === 'stop');
  // Neither a node that is lost without a word nor a process that is killed asks for anything.
  const unasked = cause?.kind === 'asked' && (departure === 'abrupt' || loss !== undefined);
  if (late || acting || unasked) return unclear(UNDER_WAY);
  return { events: events.filter(({ at_ns }) => at_ns >= first_ns), cause };
}

/** Why an address shows that a fault before this one was not over; undefined when none does. */
export function addressUnderWay(
  facts: ClusterFacts,
  address_events: readonly AddressEvent[],
  span: FaultSpan,
  earlier: readonly FaultSpan[],
): string | undefined {
  const gone = new Set(
    earlier.flatMap(({ fault: { departure, mended, victims = [] } }) =>
      departure && !mended ? victims : [],
    ),
  );
  const homeless = facts.vips.find(
    (vip) =>
      vip.owner !== undefined &&
      holdersAt(vip, facts, address_events, span.fault.before_ns).every((node) => gone.has(node)),
  );
  return earlier.length > 0 && homeless
    ? `no member held ${homeless.address} when it was applied: a fault before it was not over`
    : undefined;
}

const UNDER_WAY = 'the cluster was still busy with an earlier fault';

function unclear(why: string): OwnEvents {
  return { events: [], cause: undefined, unclear: why };
}

function within(all: readonly ClusterEvent[], { windows }: FaultSpan): ClusterEvent[] {
  return all.filter(({ at_ns }) => at_ns >= windows.fault_ns && at_ns < windows.heal_ns);
}

/** Whether a cluster acts on it without being asked. */
function isReason(event: ClusterEvent): boolean {
  const kind = causeOf([event])?.kind;
  return kind === 'node-lost' || kind === 'monitor-failed';
}
