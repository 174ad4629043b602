import { type LabTime, NS_PER_MS } from '../ground/time.ts';
import type { VrrpAdvert, VrrpSource } from './vrrp.ts';

export interface OwnersQuestion {
  vrid: number;
  /** The window [from_ns, to_ns). */
  from_ns: LabTime;
  to_ns: LabTime;
}

export interface Owners {
  /** The most sources that claimed the virtual router at one moment; 0 when none did. */
  max: number;
  /** The first such moment. */
  at_ns: LabTime | undefined;
  /** Who they were then. */
  sources: VrrpSource[];
}

/** A stretch in which one source claims to be the master. */
interface Claim {
  source: VrrpSource;
  from_ns: LabTime;
  to_ns: LabTime;
}

/** RFC 5798 §6.1: a backup waits three intervals before it holds the master for gone. */
const INTERVALS = 3;

/**
 * How many routers were master of one VRID at once. A source claims mastership from one advert to its next,
 * when both have a priority above 0 and are at most three announced intervals apart; an advert without such
 * a neighbour is a claim of one moment. Sources own it at once when their claims share a moment. So a clean
 * takeover counts one owner (the old one's claim ends with its last advert), and two counts as soon as one
 * advert of another falls between two of the same. `adverts` are in order of time.
 */
export function ownersOf(adverts: readonly VrrpAdvert[], question: OwnersQuestion): Owners {
  const claims = claimsOf(adverts, question.vrid).filter(
    (claim) => claim.from_ns < question.to_ns && claim.to_ns >= question.from_ns,
  );
  const starts = claims
    .map((claim) => ({ claim, from_ns: Math.max(claim.from_ns, question.from_ns) }))
    .sort((a, b) => a.from_ns - b.from_ns);
  let most: Owners = { max: 0, at_ns: undefined, sources: [] };
  let live: Claim[] = [];
  // The count only rises where a claim starts.
  for (const { claim, from_ns } of starts) {
    live = live.filter((other) => other.to_ns >= from_ns);
    live.push(claim);
    if (live.length > most.max) {
      most = { max: live.length, at_ns: from_ns, sources: live.map((one) => one.source) };
    }
  }
  return most;
}

function claimsOf(adverts: readonly VrrpAdvert[], vrid: number): Claim[] {
  const claims: Claim[] = [];
  const running = new Map<string, Claim>();
  for (const advert of adverts) {
    if (advert.vrid !== vrid) continue;
    const key = `${advert.source.ip} ${advert.source.mac}`;
    const claim = running.get(key);
    if (advert.priority === 0) {
      running.delete(key);
    } else if (claim && advert.at_ns - claim.to_ns <= INTERVALS * advert.advert_int_ms * NS_PER_MS) {
      claim.to_ns = advert.at_ns;
    } else {
      const fresh = { source: advert.source, from_ns: advert.at_ns, to_ns: advert.at_ns };
      claims.push(fresh);
      running.set(key, fresh);
    }
  }
  return claims;
}
