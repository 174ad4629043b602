import { type LabTime, msFromNs } from '../ground/time.ts';
import type { PressureSample, TrialFacts } from '../journal/trial-facts.ts';

/** What is coarser than anything that is measured. */
const MOST_LATE_MS = 1000;
/** With more of the processors taken by the hypervisor, daemons miss their own timers. */
const MOST_STEAL_RATIO = 0.3;
/** Above this share of CPU pressure (PSI "some") a daemon may miss its timers. */
const MOST_WAITING_RATIO = 0.8;

export interface HostLoad {
  /** Share of the processors' time that the hypervisor took; undefined when the kernel counted none. */
  steal_ratio: number | undefined;
  /** Share of the time in which some process waited for a processor (pressure stall information). */
  waiting_ratio: number | undefined;
  /** The latest that the fabric was woken after its time. */
  overslept_ms: number;
  /** Processes that ran or wanted to, per processor: mean over the samples. */
  run_queue: number;
  /** How often the kernel had no room for another neighbour: packets were not sent. */
  neighbours_refused: number;
}

/** How busy the machine was in a stretch of time; samples at its edges count in. */
export function hostLoad(
  samples: readonly PressureSample[],
  from_ns: LabTime,
  to_ns: LabTime,
  cpus: number,
): HostLoad {
  const first = samples.findLast(({ at_ns }) => at_ns <= from_ns) ?? samples[0];
  const last = samples.find(({ at_ns }) => at_ns >= to_ns) ?? samples.at(-1);
  const inside = samples.filter(({ at_ns }) => first && last && at_ns > first.at_ns && at_ns <= last.at_ns);
  return {
    steal_ratio: first && last && stealRatio(first, last),
    waiting_ratio: first && last && waitingRatio(first, last),
    overslept_ms: inside.reduce((most, { overslept_ns }) => Math.max(most, msFromNs(overslept_ns)), 0),
    neighbours_refused: Math.max(0, (last?.neighbours_refused ?? 0) - (first?.neighbours_refused ?? 0)),
    run_queue: inside.reduce((sum, { running }) => sum + running, 0) / Math.max(1, inside.length) / cpus,
  };
}

/**
 * Why nothing can be said of the machine around the fault: the fabric holds the samples of an hour, and those of a longer
 * trial's beginning are gone. Undefined when there are any.
 */
export function unwatched(samples: readonly PressureSample[], fault_ns: LabTime): string | undefined {
  const late_ms = samples[0] ? msFromNs(samples[0].at_ns - fault_ns) : 0;
  if (late_ms <= MOST_LATE_MS) return undefined;
  return (
    `how busy the machine was is known only from ${(late_ms / 1000).toFixed(0)} s after the fault on: ` +
    'the trial was longer than the hour that the fabric looks back'
  );
}

/** The `host.*` metrics. */
export function machineMetrics({
  steal_ratio,
  waiting_ratio,
  overslept_ms,
  run_queue,
}: HostLoad): Record<string, number> {
  return {
    ...(steal_ratio === undefined ? {} : { 'host.steal_ratio': steal_ratio }),
    ...(waiting_ratio === undefined ? {} : { 'host.waiting_ratio': waiting_ratio }),
    'host.overslept_ms': overslept_ms,
    'host.run_queue': run_queue,
  };
}

export interface Lateness {
  /** From shortly before the fault until healing began. */
  takeover: HostLoad;
  /** From then to the end of the trial. */
  rejoin: HostLoad;
  /** The longest time that each probe was kept from its schedule, the same until healing began, and what its kind bears. */
  probes: readonly {
    late_ms: number | undefined;
    /** Undefined where it is not known apart. */
    late_until_healing_ms?: number | undefined;
    most_late_ms: number;
  }[];
  /** A daemon of a system under test that sleeps for longer is taken for dead, in ms. */
  most_overslept_ms: number;
}

/** The machine did not let a trial run as it must. */
export interface Starvation {
  /** In words for the report, with the figures and their limits. */
  reason: string;
  /** Until healing began it did: what was known by then can be trusted. */
  after_healing: boolean;
}

/** Without what the faults of a trial have the kernel count: processes that wait because a fault holds them back. */
export function ofTheMachine(
  load: HostLoad,
  { fault, later_faults = [] }: Pick<TrialFacts, 'fault' | 'later_faults'>,
): HostLoad {
  const holds_back = [fault, ...later_faults].some((one) => one?.holds_back);
  return holds_back ? { ...load, waiting_ratio: undefined } : load;
}

/** What the machine kept a trial from; undefined when it did not. */
export function starvation(lateness: Lateness): Starvation | undefined {
  const known = startedReasons(lateness);
  const reasons = [...known, ...returnReasons(lateness)];
  if (reasons.length === 0) return undefined;
  return { reason: `starved: ${reasons.join('; ')}`, after_healing: known.length === 0 };
}

/** From shortly before the fault until healing began. */
function startedReasons({ takeover, rejoin, probes, most_overslept_ms }: Lateness): string[] {
  const { steal_ratio = 0, waiting_ratio = 0, overslept_ms, neighbours_refused } = takeover;
  const most_late_ms = Math.min(mostLateMs(probes), most_overslept_ms);
  return [
    keptFromSchedule(
      probes.map(({ late_ms, late_until_healing_ms = late_ms, ...probe }) => ({
        ...probe,
        late_ms: (late_until_healing_ms ?? 0) > probe.most_late_ms ? late_ms : 0,
      })),
    ),
    overslept_ms > most_late_ms &&
      `it woke the fabric ${overslept_ms.toFixed(0)} ms late (limit ${most_late_ms} ms)`,
    steal_ratio > MOST_STEAL_RATIO &&
      `the hypervisor took ${percent(steal_ratio)} of the processors (limit ${percent(MOST_STEAL_RATIO)})`,
    waiting_ratio > MOST_WAITING_RATIO &&
      `processes waited for a processor ${percent(waiting_ratio)} of the time (limit ${percent(MOST_WAITING_RATIO)})`,
    neighbours_refused > 0 && refused(neighbours_refused + rejoin.neighbours_refused),
  ].filter((reason) => typeof reason === 'string');
}

/** From then to the end of the trial, as far as it was not so before. */
function returnReasons({ takeover, rejoin, probes }: Lateness): string[] {
  const most_late_ms = mostLateMs(probes);
  return [
    keptFromSchedule(
      probes.map(({ late_ms, late_until_healing_ms = late_ms, ...probe }) => ({
        ...probe,
        late_ms: (late_until_healing_ms ?? 0) > probe.most_late_ms ? 0 : late_ms,
      })),
      ' after healing began',
    ),
    rejoin.overslept_ms > most_late_ms &&
      `it woke the fabric ${rejoin.overslept_ms.toFixed(0)} ms late after healing began (limit ${most_late_ms} ms)`,
    takeover.neighbours_refused === 0 && rejoin.neighbours_refused > 0 && refused(rejoin.neighbours_refused),
  ].filter((reason) => typeof reason === 'string');
}

/** Of what is measured, the finest sets what the machine must keep to. */
function mostLateMs(probes: Lateness['probes']): number {
  return Math.min(MOST_LATE_MS, ...probes.map((probe) => probe.most_late_ms));
}

/** The probe that was kept from its schedule for longest, of those that were for longer than their kind bears. */
function keptFromSchedule(probes: Lateness['probes'], when = ''): string | undefined {
  const kept = probes
    .filter((probe) => (probe.late_ms ?? 0) > probe.most_late_ms)
    .toSorted((a, b) => b.late_ms! - a.late_ms!)[0];
  return (
    kept &&
    `the machine kept a probe from its schedule for ${kept.late_ms!.toFixed(0)} ms${when} (limit ${kept.most_late_ms} ms)`
  );
}

function refused(times: number): string {
  return (
    `the kernel had no room for another neighbour ${times} times and sent no packet then ` +
    '(one table of each family serves all labs: raise gc_thresh3 of net.ipv4.neigh.default and net.ipv6.neigh.default)'
  );
}

/** Why the machine did not let a trial come to its end, by all that was seen of the machine; undefined when it did. */
export function starvedWhole(samples: readonly PressureSample[], cpus: number): string | undefined {
  const load = hostLoad(samples, -Infinity, Infinity, cpus);
  const nothing = hostLoad([], -Infinity, Infinity, cpus);
  return starvation({ takeover: load, rejoin: nothing, probes: [], most_overslept_ms: Infinity })?.reason;
}

function stealRatio(first: PressureSample, last: PressureSample): number | undefined {
  const kinds = Object.keys(last.ticks);
  const spent = (kind: string) => (last.ticks[kind] ?? 0) - (first.ticks[kind] ?? 0);
  const total = kinds.reduce((sum, kind) => sum + spent(kind), 0);
  return total > 0 ? spent('steal') / total : undefined;
}

function waitingRatio(first: PressureSample, last: PressureSample): number | undefined {
  if (first.waiting_us === null || last.waiting_us === null || last.at_ns <= first.at_ns) return undefined;
  return ((last.waiting_us - first.waiting_us) * 1000) / (last.at_ns - first.at_ns);
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(0)} %`;
}
