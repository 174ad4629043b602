import {
  type ChanceLoss,
  chanceAtEdges,
  chanceLoss,
  LEAST_SIGNS,
  type LostRun,
  MOST_MISTAKES,
} from './chance-loss.ts';

/** A time in which more is lost than before, but not all: positions in the records. */
export interface LossEpisode {
  /** The first and the last request that it lost. */
  first: number;
  last: number;
  loss: ChanceLoss;
  lost: number;
  /** Requests in it without those of outages: of so many `lost` were lost. */
  of: number;
  /** The most that were lost one after the other without being an outage. */
  longest_run: number;
  /** So many requests of the episode may lie before its first loss, on average, and as many after its last. */
  beyond: number;
  /** How many fewer or more there may be at both edges together; exceeded less than once in 1000. */
  beyond_error: number;
  /** It had not ended at the last record, as far as is known. */
  open: boolean;
  /** So much is lost that there is no service: what is lost in it are outages. `loss` is all that it loses. */
  heavy?: true;
}

/** A run of losses counts as so many at most: else one long outage would draw every later loss to it. */
const MOST_OF_A_RUN = 3;
/** What partial loss is taken to lose when it is looked for: 10 %, or 2.5 times what is lost anyway. */
const SOUGHT_RATIO = 0.1;
const SOUGHT_TIMES = 2.5;
/** With fewer requests before the fault nothing is known of loss before. */
const LEAST_BEFORE = 100;
const RATIO_UNKNOWN = 0.01;
/** Where more is lost there is no service, although an answer comes now and then: that is an outage. */
const MOST_PARTIAL = 0.8;
/** An episode ends when what follows it speaks so much against it (e^15). */
const MOST_DROP = 15;

/**
 * Times in which more requests were lost than at the beginning, in order. Each request speaks for or against partial
 * loss by its log-likelihood ratio. An episode is a stretch whose sum is so high that chance makes one in a trial with
 * a probability below 1e-6 (n e^-S, Karlin and Altschul 1990), with five or more runs of losses that are too short for
 * outages. Where more than 80 % is lost it is `heavy`.
 * @param before so many of the first requests were sent before anything was broken.
 */
export function lossEpisodes(runs: readonly LostRun[], requests: number, before: number): LossEpisode[] {
  const usual = usualRatio(runs, requests, before);
  const sought = Math.max(SOUGHT_RATIO, Math.min(SOUGHT_TIMES * usual, (1 + usual) / 2));
  const least = Math.log(requests / MOST_MISTAKES);
  const found = stretches(runs, weights(usual, sought), least).flatMap(
    (one) => episodeOf(one, requests) ?? [],
  );
  const elsewhere = runs.filter(({ first }) => !found.some((one) => first >= one.first && first <= one.last));
  const least_seen = 1 / (2 * Math.max(1, requests));
  const background = Math.max(least_seen, chanceLoss(elsewhere, requests, requests).ratio);
  return found.map((one) => sharpened(one, runs, requests, background));
}

/** The same with the ends where they are most likely, now that it is known how much it loses. */
function sharpened(
  episode: LossEpisode,
  runs: readonly LostRun[],
  requests: number,
  background: number,
): LossEpisode {
  const { first, last, loss } = episode;
  if (episode.heavy || loss.ratio <= background) return episode;
  const again = stretches(runs, weights(background, loss.ratio), 0).find(
    (one) => one[0]!.first <= (first + last) / 2 && one.at(-1)!.first >= (first + last) / 2,
  );
  const found = (again && episodeOf(again, requests)) ?? episode;
  if (background <= 1 / requests) return found;
  // A loss of before or after it that stands so near is taken for one of its own.
  const { lost, answered } = weights(background, found.loss.ratio);
  return { ...found, beyond_error: found.beyond_error + lost / answered };
}

interface Weights {
  lost: number;
  answered: number;
}

/** What a request that is lost, or answered, says for and against a loss of `sought` in place of `usual`. */
function weights(usual: number, sought: number): Weights {
  return { lost: Math.log(sought / usual), answered: Math.log((1 - usual) / (1 - sought)) };
}

/** The most that may be lost anyway, by what was lost before the fault: three standard deviations above it. */
function usualRatio(runs: readonly LostRun[], requests: number, before: number): number {
  if (before < LEAST_BEFORE) return RATIO_UNKNOWN;
  const early = runs.filter(({ first }) => first < before);
  const { ratio } = chanceLoss(early, before, requests);
  const lost = ratio * before;
  return Math.min(0.9, (lost + 3 * Math.sqrt(lost + 1)) / before);
}

/** Runs of losses that stand so close together that they speak for partial loss. */
function stretches(runs: readonly LostRun[], weight: Weights, least: number): LostRun[][] {
  const found: LostRun[][] = [];
  let [sum, best, from, to] = [0, 0, 0, 0];
  const close = () => {
    if (best > least) found.push(runs.slice(from, to + 1));
    [sum, best] = [0, 0];
  };
  for (const [at, run] of runs.entries()) {
    const previous = runs[at - 1];
    const answered = previous ? run.first - previous.first - previous.length : 0;
    sum -= answered * weight.answered;
    if (sum <= 0 || best - sum > MOST_DROP) {
      close();
      from = at;
    }
    sum += Math.min(run.length, MOST_OF_A_RUN) * weight.lost;
    if (sum > best) [best, to] = [sum, at];
  }
  close();
  return found;
}

function episodeOf(inside: readonly LostRun[], trial_requests: number): LossEpisode | undefined {
  const whole = chanceLoss(inside, lengthOf(inside), trial_requests);
  const isLoss = ({ length }: LostRun) => length < whole.least_outage;
  // An outage right before or after it is not part of it.
  const kept = inside.slice(inside.findIndex(isLoss), inside.findLastIndex(isLoss) + 1);
  const loss = chanceLoss(kept, lengthOf(kept), trial_requests);
  const short = kept.filter(({ length }) => length < loss.least_outage);
  if (loss.ratio === 0 || short.length < LEAST_SIGNS) return undefined;
  if (loss.ratio > MOST_PARTIAL) return heavyEpisode(inside, loss, trial_requests);
  const [head, tail] = [kept[0]!, kept.at(-1)!];
  const last = tail.first + tail.length - 1;
  const beyond = 1 / loss.ratio - 1;
  const beyond_most = chanceAtEdges(1 - loss.ratio);
  return {
    first: head.first,
    last,
    loss,
    lost: requestsIn(short),
    of: lengthOf(kept) - requestsIn(kept) + requestsIn(short),
    longest_run: Math.max(...short.map(({ length }) => length)),
    beyond,
    beyond_error: Math.max(2 * beyond, beyond_most - 2 * beyond),
    open: trial_requests - 1 - last <= beyond_most,
  };
}

/** Of runs that are all outages: chance makes none of them. */
function heavyEpisode(
  runs: readonly LostRun[],
  { least_outage }: ChanceLoss,
  trial_requests: number,
): LossEpisode {
  const [lost, of] = [requestsIn(runs), lengthOf(runs)];
  const ratio = lost / of;
  const first = runs[0]!.first;
  const beyond_most = chanceAtEdges(1 - ratio);
  return {
    ...{ first, last: first + of - 1, lost, of, loss: { ratio, least_outage }, heavy: true },
    longest_run: Math.max(...runs.map(({ length }) => length)),
    beyond: 0,
    beyond_error: beyond_most,
    open: trial_requests - first - of <= beyond_most,
  };
}

function requestsIn(runs: readonly LostRun[]): number {
  return runs.reduce((total, { length }) => total + length, 0);
}

/** From the first request of the first run to the last of the last. */
function lengthOf(runs: readonly LostRun[]): number {
  const [head, tail] = [runs[0], runs.at(-1)];
  return head && tail ? tail.first + tail.length - head.first : 0;
}
