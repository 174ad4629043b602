import { median } from 'simple-statistics';
import { type LabTime, msFromNs } from '../../../ground/time.ts';
import {
  byId,
  type SessionRecord,
  type SessionWindow,
  sessionOutcome,
  worksAtEnd,
} from './session-outcome.ts';

/** A session that took the place of a lost one. */
export interface SuccessorRecord extends SessionRecord {
  /** Id of the session of the beginning, however many came between. */
  origin: string | number;
  first_received_ns: LabTime;
}

/** What became of the users whose sessions were lost. */
export interface SuccessorOutcome {
  /** Sessions that did not survive. */
  lost: number;
  /** Of these, those with a successor that works at the end. */
  reconnected: number;
  /** Users whose last session, whichever it is, does not work at the end. */
  unserved: number;
  /**
   * The longest time between two sessions of a user, from the last message of the one to the first of the other,
   * of those that began before the healing; undefined when there was none.
   */
  reconnect_ms: number | undefined;
  reconnect_median_ms: number | undefined;
  /** The longest of those that began later; undefined when there was none. */
  rejoin_ms: number | undefined;
}

/**
 * What became of those who connect again when their session is lost. The client's word is all that there is for when it
 * was served; that a session works takes both sides, as in `sessionOutcome`.
 * @param originals the client's records of the sessions of the beginning.
 * @param successors the client's records of sessions that took their place, in any order.
 * @param servers the records of every server.
 * @throws InputError when a list has an id twice.
 */
export function successorOutcome(
  originals: readonly SessionRecord[],
  successors: readonly SuccessorRecord[],
  servers: readonly SessionRecord[],
  window: SessionWindow,
): SuccessorOutcome {
  const { sessions, survived } = sessionOutcome(originals, servers, window);
  byId([...originals, ...successors], 'client');
  const theirs = byId(servers, 'server');
  const inTime = successors
    .filter(({ first_received_ns }) => first_received_ns <= window.end_ns)
    .toSorted((a, b) => a.first_received_ns - b.first_received_ns);
  const followers = Map.groupBy(inTime, ({ origin }) => origin);
  const gaps: Gap[] = [];
  let [reconnected, unserved] = [0, 0];
  for (const original of originals) {
    const line = followers.get(original.id) ?? [];
    const last = line.at(-1) ?? original;
    const works = worksAtEnd(last, theirs.get(last.id), window);
    if (!works) unserved += 1;
    else if (last !== original) reconnected += 1;
    gaps.push(...gapsOf(original, line));
  }
  return { lost: sessions - survived, reconnected, unserved, ...lengths(gaps, window) };
}

interface Gap {
  from_ns: LabTime;
  length_ms: number;
}

function gapsOf(original: SessionRecord, line: readonly SuccessorRecord[]): Gap[] {
  return line.map(({ first_received_ns }, at) => {
    const before = line[at - 1] ?? original;
    const from_ns = before.last_received_ns ?? before.established_ns ?? first_received_ns;
    return { from_ns, length_ms: msFromNs(first_received_ns - from_ns) };
  });
}

function lengths(
  gaps: readonly Gap[],
  { heal_ns }: SessionWindow,
): Pick<SuccessorOutcome, 'reconnect_ms' | 'reconnect_median_ms' | 'rejoin_ms'> {
  const before = gaps.filter(({ from_ns }) => from_ns < heal_ns).map(({ length_ms }) => length_ms);
  const after = gaps.filter(({ from_ns }) => from_ns >= heal_ns).map(({ length_ms }) => length_ms);
  return {
    reconnect_ms: longest(before),
    reconnect_median_ms: before.length === 0 ? undefined : median(before),
    rejoin_ms: longest(after),
  };
}

function longest(lengths_ms: readonly number[]): number | undefined {
  return lengths_ms.length === 0 ? undefined : lengths_ms.reduce((a, b) => Math.max(a, b));
}
