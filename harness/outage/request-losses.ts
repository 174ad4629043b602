import { type LabTime, msFromNs, NS_PER_MS } from '../ground/time.ts';
import { wilsonInterval } from '../ground/wilson.ts';
import type { LossDirection } from '../journal/journal.ts';
import { type ChanceLoss, chanceAtEdges, chanceLoss, type LostRun, lostRuns } from './chance-loss.ts';
import { lossDirection } from './loss-direction.ts';
import type { Outage } from './outage.ts';
import { type LossEpisode, lossEpisodes } from './partial-loss.ts';
import { type RequestOutages, requestOutages } from './request-outages.ts';
import { type Requests, type RequestTable, tableOf } from './request-table.ts';

/** A time in which a share of the requests was lost, and others were answered. */
export interface PartialLoss {
  /** Of a probe of several kinds of traffic: the length that the outages of the same kind have. */
  measure?: string;
  start_ns: LabTime;
  end_ns: LabTime;
  degraded_ms: number;
  /** The true length is within `degraded_ms` ± this but for one in 1000, unless `open`. */
  degraded_error_ms: number;
  /** The share that was lost: without outages within up to 80 %, with them beyond, where they are all that it loses. */
  loss_ratio: number;
  /** Wilson's interval of 95 % of that share. */
  ratio_low: number;
  ratio_high: number;
  lost: number;
  /** The most that were lost one after the other, without being an outage. */
  longest_run: number;
  /** It had not ended at the last record. */
  open: boolean;
  direction?: LossDirection;
}

export interface RequestLosses extends RequestOutages {
  /** In order of time. */
  partial: PartialLoss[];
  /** The share of requests lost outside of outages, in the whole trial. */
  loss_ratio: number;
}

export interface RequestLossOptions {
  interval_ms: number;
  late_ms: number;
  /** Until then nothing was broken: what was lost by then shows loss that is always there. */
  fault_ns: LabTime;
  /** `echoed_ns` is there for every request that reached the server, answered or not. */
  arrivals_known: boolean;
}

/**
 * What a fixed-schedule UDP echo probe lost: outages, in which nothing passes; times in which a share is lost; and
 * loss that is always there. Requests that were lost by chance are taken out before the outages are looked for: so
 * random loss is not an outage and begins and ends none, and where nothing is lost by chance, outages are exactly those
 * of `requestOutages`. An outage beside random loss may be seen too long by requests lost by chance: its error says so.
 * @throws InputError as `requestOutages`.
 */
export function requestLosses(requests: Requests, options: RequestLossOptions): RequestLosses {
  const { interval_ms, late_ms, fault_ns, arrivals_known } = options;
  const records = tableOf(requests);
  const good = new Uint8Array(records.length);
  for (let at = 0; at < good.length; at += 1)
    good[at] = records.answeredWithin(at, late_ms * NS_PER_MS) ? 1 : 0;
  const all = requestOutages(records, { interval_ms, late_ms });
  const runs = lostRuns(good);
  const before = records.sent_ns.reduce((sum, sent_ns) => sum + (sent_ns < fault_ns ? 1 : 0), 0);
  const found = lossEpisodes(runs, records.length, before);
  const episodes = found.filter(({ heavy }) => !heavy);
  const elsewhere = lossElsewhere(runs, found, records.length);
  const within = (at: number) => found.find((one) => isWithin(one, at));
  const chance = new Set<number>();
  for (const { first, length } of runs) {
    const { heavy, loss } = within(first) ?? { loss: elsewhere };
    if (heavy || loss.ratio === 0 || length >= loss.least_outage) continue;
    for (let at = first; at < first + length; at++) chance.add(at);
  }
  const kept = chance.size === 0 ? all : requestOutages(records, { interval_ms, late_ms }, chance);
  const named = <T extends { start_ns: LabTime; end_ns: LabTime }>(one: T): T => {
    const lost = arrivals_known ? lostWithin(records, runs, one.start_ns, one.end_ns) : [];
    const direction = lossDirection(records, lost);
    return direction ? { ...one, direction } : one;
  };
  const outages = kept.outages.map((one) =>
    named(widened(one, ratioNear(one, records, episodes, elsewhere), interval_ms)),
  );
  const lost_in_outages = outages.reduce((sum, { lost }) => sum + lost, 0);
  return {
    ...all,
    outages,
    blind_spots: kept.blind_spots,
    partial: found
      .map((one) => ({ loss: partialLoss(one, records, interval_ms), heavy: one.heavy }))
      .filter(({ loss, heavy }) => !(heavy && isOneOutage(loss, outages)))
      .map(({ loss }) => named(loss)),
    loss_ratio: all.sent > lost_in_outages ? (all.lost - lost_in_outages) / (all.sent - lost_in_outages) : 0,
  };
}

/** Whether heavy loss is no more than one outage: nine tenths of it. */
function isOneOutage({ start_ns, end_ns }: PartialLoss, outages: readonly Outage[]): boolean {
  return outages.some(
    (one) => Math.min(one.end_ns, end_ns) - Math.max(one.start_ns, start_ns) > 0.9 * (end_ns - start_ns),
  );
}

/** Positions of the lost requests that were sent in [from_ns, to_ns]. */
function* lostWithin(
  { sent_ns }: RequestTable,
  runs: readonly LostRun[],
  from_ns: LabTime,
  to_ns: LabTime,
): Generator<number> {
  for (const { first, length } of runs) {
    for (let at = first; at < first + length; at += 1)
      if (sent_ns[at]! >= from_ns && sent_ns[at]! <= to_ns) yield at;
  }
}

function isWithin({ first, last }: LossEpisode, at: number): boolean {
  return at >= first && at <= last;
}

/** What is lost by chance outside of the episodes. */
function lossElsewhere(
  runs: readonly LostRun[],
  episodes: readonly LossEpisode[],
  requests: number,
): ChanceLoss {
  const outside = runs.filter(({ first }) => !episodes.some((one) => isWithin(one, first)));
  const inside = episodes.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return chanceLoss(outside, Math.max(1, requests - inside), Math.max(1, requests));
}

/** The highest ratio of random loss that an end of the outage touches. */
function ratioNear(
  { start_ns, end_ns }: Outage,
  { sent_ns }: RequestTable,
  episodes: readonly LossEpisode[],
  elsewhere: ChanceLoss,
): number {
  const touching = episodes.filter(({ first, last, beyond, beyond_error }) => {
    const margin = Math.ceil(2 * beyond + beyond_error);
    const from_ns = sent_ns[Math.max(0, first - margin)]!;
    const to_ns = sent_ns[Math.min(sent_ns.length - 1, last + margin)]!;
    return start_ns <= to_ns && end_ns >= from_ns;
  });
  return Math.max(elsewhere.ratio, ...touching.map(({ loss }) => loss.ratio));
}

function widened(outage: Outage, ratio: number, interval_ms: number): Outage {
  const more_ms = chanceAtEdges(ratio) * interval_ms;
  return more_ms === 0 ? outage : { ...outage, outage_error_ms: outage.outage_error_ms + more_ms };
}

function partialLoss(episode: LossEpisode, { sent_ns }: RequestTable, interval_ms: number): PartialLoss {
  const { first, last, beyond, beyond_error, open, lost, of, longest_run, loss } = episode;
  const [ratio_low, ratio_high] = wilsonInterval({ count: lost, of });
  const aside_ns = (beyond + 0.5) * interval_ms * NS_PER_MS;
  const earliest_ns = sent_ns[0]!;
  const latest_ns = sent_ns.at(-1)!;
  const start_ns = Math.max(earliest_ns, sent_ns[first]! - aside_ns);
  const end_ns = open ? latest_ns : Math.min(latest_ns, sent_ns[last]! + aside_ns);
  return {
    start_ns,
    end_ns,
    degraded_ms: msFromNs(end_ns - start_ns),
    degraded_error_ms: (1 + beyond_error) * interval_ms,
    loss_ratio: loss.ratio,
    ratio_low,
    ratio_high,
    lost,
    longest_run,
    open,
  };
}
