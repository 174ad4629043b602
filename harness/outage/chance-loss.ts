/** A maximal run of requests one after the other that were not answered in time. Positions in the records. */
export interface LostRun {
  first: number;
  /** Requests; the last one is at `first + length - 1`. */
  length: number;
}

/** Random loss, as the requests between outages show it. */
export interface ChanceLoss {
  /** The share that is lost; 0 when there is no sign of loss by chance. */
  ratio: number;
  /** From so many lost in a row on it is an outage. */
  least_outage: number;
}

/** That a run of losses by chance passes for an outage, anywhere in a trial, is less likely than this. */
export const MOST_MISTAKES = 1e-6;
/** An edge of an outage, or of partial loss, is further off than its error says less often than this. */
const MOST_MISSES = 1e-3;
/** With fewer short runs than this nothing says that loss is by chance. */
export const LEAST_SIGNS = 5;
/** Without random loss one lost request is loss, and two are an outage. */
const LEAST_OUTAGE = 2;
const MOST_ROUNDS = 100;

/**
 * The runs of requests that were not answered in time, in order.
 * @param good of each request, whether it was: 0 is no.
 */
export function lostRuns(good: ArrayLike<number | boolean>): LostRun[] {
  const runs: LostRun[] = [];
  for (let at = 0; at < good.length; at++) {
    if (good[at]) continue;
    const first = at;
    while (at < good.length && !good[at]) at++;
    runs.push({ first, length: at - first });
  }
  return runs;
}

/**
 * How much is lost by chance among `requests` requests that hold these runs of losses. Runs that chance does not make
 * are outages and do not count: with a loss ratio p a run of N or more begins at one of n requests with a probability
 * below n p^N, and N is the least with n p^N < 1e-6. It is found from below, from single losses upwards, so that an
 * outage never passes for loss because it is long.
 * @param runs the runs among these requests.
 * @param trial_requests n: the requests of the whole trial, at least 1.
 */
export function chanceLoss(runs: readonly LostRun[], requests: number, trial_requests: number): ChanceLoss {
  let found: ChanceLoss = { ratio: 0, least_outage: LEAST_OUTAGE };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { least_outage } = found;
    const short = runs.filter(({ length }) => length < least_outage);
    if (short.length < LEAST_SIGNS) return { ratio: 0, least_outage: LEAST_OUTAGE };
    const lost = sum(short);
    const ratio = lost / (requests - (sum(runs) - lost));
    const next = Math.ceil(Math.log(MOST_MISTAKES / trial_requests) / Math.log(ratio));
    found = { ratio, least_outage: Math.max(least_outage, next) };
    if (found.least_outage === least_outage) return found;
  }
  return found;
}

/**
 * By how many requests an outage may be seen too long, because requests right before or after it were lost by chance:
 * the least K so that both together are more than K with a probability below 1e-3; 0 without random loss.
 */
export function chanceAtEdges(ratio: number): number {
  if (ratio <= 0) return 0;
  let most = 0;
  // Both edges are geometric: P(sum > K) = (K + 2) p^(K+1) - (K + 1) p^(K+2).
  while (tail(most, ratio) >= MOST_MISSES) most++;
  return most;
}

function tail(most: number, ratio: number): number {
  return (most + 2) * ratio ** (most + 1) - (most + 1) * ratio ** (most + 2);
}

function sum(runs: readonly LostRun[]): number {
  return runs.reduce((total, { length }) => total + length, 0);
}
