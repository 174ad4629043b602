import { type LabTime, msFromNs, NS_PER_MS } from '../ground/time.ts';

/** A request as the wire saw it; times are the kernel's stamps of the frames. */
export interface WireRequest {
  /** Which sender's it is. */
  flow: string;
  at_ns: LabTime;
  /** When its answer came by; null when none did. */
  answered_ns: LabTime | null;
}

/** A moment lies between the two. */
export interface Between {
  from_ns: LabTime;
  to_ns: LabTime;
}

export interface WireOutage {
  start: Between;
  end: Between;
  /** Difference of the midpoints. */
  outage_ms: number;
  /** The true length is within `outage_ms` ± this. */
  outage_error_ms: number;
}

/** Around an end of the outage, answers are looked at to know how long an answer takes there. */
const NEAR_NS = 10 * NS_PER_MS;
/** One request without an answer is loss. */
const MIN_UNSERVED = 2;

interface Run {
  last_served_ns: LabTime;
  first_unserved_ns: LabTime;
  last_unserved_ns: LabTime;
  first_served_ns: LabTime;
}

/**
 * The longest time without service between `from_ns` and `to_ns` that the wire itself shows. `requests` ascend
 * in `at_ns` within each flow, and every request that was sent must have come by: so the cut must not be between
 * the sender and the place of capture.
 *
 * Each flow bounds both ends: service broke after its last served request and at the latest when its first
 * unserved one would have been answered; likewise at the end. Bounds of all flows hold together, so the more
 * flows, the closer. An answer that was dropped is as good as a request that was: hence the longest turn-around
 * seen near the ends is part of the error.
 * @returns undefined when a flow shows no outage, or not both ends of it.
 */
export function wireOutage(
  requests: Iterable<WireRequest>,
  from_ns: LabTime,
  to_ns: LabTime,
): WireOutage | undefined {
  const flows = byFlow(requests, from_ns, to_ns);
  if (flows.length === 0) return undefined;
  const runs: Run[] = [];
  for (const flow of flows) {
    const run = longestRun(flow);
    if (!run) return undefined;
    runs.push(run);
  }
  const turn_around_ns = longestTurnAround(flows.flat(), runs);
  const start = common(
    runs.map((run) => ({ from_ns: run.last_served_ns, to_ns: run.first_unserved_ns + turn_around_ns })),
  );
  const end = common(
    runs.map((run) => ({ from_ns: run.last_unserved_ns, to_ns: run.first_served_ns + turn_around_ns })),
  );
  return {
    start,
    end,
    outage_ms: msFromNs(middle(end) - middle(start)),
    outage_error_ms: msFromNs(width(start) + width(end)) / 2,
  };
}

/**
 * The longest time from a request to its answer among the requests in [from_ns, to_ns), in ms; 0 without any.
 */
export function longestTurnAroundMs(
  requests: Iterable<WireRequest>,
  from_ns: LabTime,
  to_ns: LabTime,
): number {
  let longest = 0;
  for (const { at_ns, answered_ns } of requests) {
    if (answered_ns === null || at_ns < from_ns || at_ns >= to_ns) continue;
    longest = Math.max(longest, answered_ns - at_ns);
  }
  return msFromNs(longest);
}

function byFlow(requests: Iterable<WireRequest>, from_ns: LabTime, to_ns: LabTime): WireRequest[][] {
  const flows = new Map<string, WireRequest[]>();
  for (const request of requests) {
    if (request.at_ns < from_ns || request.at_ns >= to_ns) continue;
    const flow = flows.get(request.flow);
    if (flow) flow.push(request);
    else flows.set(request.flow, [request]);
  }
  return [...flows.values()];
}

/** The longest time between two served requests of one flow with unserved ones between them. */
function longestRun(flow: readonly WireRequest[]): Run | undefined {
  let longest: Run | undefined;
  let last_served_ns: LabTime | undefined;
  let unserved: LabTime[] = [];
  for (const { at_ns, answered_ns } of flow) {
    if (answered_ns === null) {
      unserved.push(at_ns);
      continue;
    }
    if (unserved.length >= MIN_UNSERVED && last_served_ns !== undefined) {
      const run: Run = {
        last_served_ns,
        first_unserved_ns: unserved[0]!,
        last_unserved_ns: unserved.at(-1)!,
        first_served_ns: at_ns,
      };
      if (!longest || lengthOf(run) > lengthOf(longest)) longest = run;
    }
    last_served_ns = at_ns;
    unserved = [];
  }
  return longest;
}

function lengthOf(run: Run): number {
  return run.first_served_ns - run.last_served_ns;
}

function longestTurnAround(requests: readonly WireRequest[], runs: readonly Run[]): number {
  const ends = runs.flatMap((run) => [run.last_served_ns, run.first_served_ns]);
  return requests.reduce((longest, { at_ns, answered_ns }) => {
    const near = answered_ns !== null && ends.some((end_ns) => Math.abs(at_ns - end_ns) <= NEAR_NS);
    return near ? Math.max(longest, answered_ns - at_ns) : longest;
  }, 0);
}

/** What all of them allow; where they contradict each other, all that any of them allows. */
function common(bounds: readonly Between[]): Between {
  const from_ns = Math.max(...bounds.map((one) => one.from_ns));
  const to_ns = Math.min(...bounds.map((one) => one.to_ns));
  if (from_ns <= to_ns) return { from_ns, to_ns };
  return {
    from_ns: Math.min(...bounds.map((one) => one.from_ns)),
    to_ns: Math.max(...bounds.map((one) => one.to_ns)),
  };
}

function middle({ from_ns, to_ns }: Between): LabTime {
  return (from_ns + to_ns) / 2;
}

function width({ from_ns, to_ns }: Between): number {
  return to_ns - from_ns;
}
