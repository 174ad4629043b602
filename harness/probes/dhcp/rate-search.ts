import { UnknownError } from '../../ground/errors.ts';

/** What one rate turned out to be. */
export interface RateStep {
  per_s: number;
  /** The servers kept up with it, and the client did. */
  sustained: boolean;
  /** The client was at its own limit. */
  client_limited: boolean;
}

export interface RateSearch {
  /** Where it begins, in 1/s. */
  from: number;
  /** From one rate to the next. */
  step_factor: number;
  /** No higher rate is tried. */
  most: number;
}

export interface FoundRate {
  /** The highest rate that was sustained, in 1/s. */
  highest: number;
  /** What kept it from being higher; `most`: nothing that was seen. */
  limit: 'client' | 'server' | 'most';
  steps: RateStep[];
}

/** Between the highest rate that was sustained and the lowest that was not lies at most this factor. */
const CLOSE = 1.1;

/**
 * The highest rate that is sustained: upwards by a factor until one is not, then between the last two.
 * @param tryRate says what a rate turned out to be.
 * @throws UnknownError when already the first one is not sustained.
 */
export async function searchRate(
  { from, step_factor, most }: RateSearch,
  tryRate: (per_s: number) => Promise<RateStep>,
): Promise<FoundRate> {
  const steps: RateStep[] = [];
  let highest = 0;
  let lowest_failed: RateStep | undefined;
  let per_s = Math.min(from, most);
  for (;;) {
    const step = await tryRate(per_s);
    steps.push(step);
    if (step.sustained) highest = per_s;
    else lowest_failed = step;
    if (highest === 0) throw tooFast(step);
    if (step.sustained && step.client_limited) return { highest, limit: 'client', steps };
    if (highest === most) return { highest, limit: 'most', steps };
    const next = lowest_failed
      ? Math.round(Math.sqrt(highest * lowest_failed.per_s))
      : Math.min(most, Math.ceil(highest * step_factor));
    const done = lowest_failed && (lowest_failed.per_s <= highest * CLOSE || next <= highest);
    if (done) return { highest, limit: lowest_failed?.client_limited ? 'client' : 'server', steps };
    per_s = next;
  }
}

function tooFast({ per_s, client_limited }: RateStep): UnknownError {
  const who = client_limited ? 'the probe itself does' : 'the DHCP servers do';
  return new UnknownError(`${who} not keep up with ${per_s} exchanges/s, where the search begins`, {
    remedy: 'begin lower: search.from',
  });
}
