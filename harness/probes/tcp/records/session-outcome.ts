import { median } from 'simple-statistics';
import { InputError } from '../../../ground/errors.ts';
import { type LabTime, msFromNs, NS_PER_MS } from '../../../ground/time.ts';

export interface SessionEnd {
  at_ns: LabTime;
  /** `given_up`: by the client itself, because nothing came for too long. */
  how: 'reset' | 'closed' | 'refused' | 'timed_out' | 'given_up';
  message: string;
}

/** What one side of a TCP session saw. */
export interface SessionRecord {
  /** The same on both sides. */
  id: string | number;
  mode: 'client_first' | 'server_first';
  established_ns: LabTime | null;
  last_received_ns: LabTime | null;
  /** Messages received. */
  received: number;
  /** The longest time between two messages. */
  longest_stall_ns: number;
  /** When it began. */
  stall_from_ns: LabTime;
  /** Messages that were lost, doubled or out of order within the stream. */
  order_errors: number;
  ended: SessionEnd | null;
}

export interface SessionWindow {
  fault_ns: LabTime;
  /** When healing began: what fell silent later did so for that. */
  heal_ns: LabTime;
  /** The moment of judgement; what ended later (the probe going home) was open at it. */
  end_ns: LabTime;
  /** A living session received something on both sides within so many ms before `end_ns`. */
  fresh_ms: number;
  /** A silence longer than this is not a pause between two messages. */
  silence_ms: number;
}

/** `sessions` = survived + reset + given_up + stalled + closed + corrupted + unestablished. */
export interface SessionOutcome {
  sessions: number;
  /** Up before the fault, the same socket open at the end, fresh on both sides, every message in order. */
  survived: number;
  /** undefined when there was no session: no session is not "all survived". */
  survived_ratio: number | undefined;
  /** The same of the sessions in which one side speaks; undefined when there was none. */
  survived_by_mode: Record<SessionRecord['mode'], number | undefined>;
  reset: number;
  /** Ended by the client itself after a long silence. */
  given_up: number;
  /** Open but silent. */
  stalled: number;
  /** Closed, or given up by the kernel. */
  closed: number;
  corrupted: number;
  /** Not up before the fault, whatever came later. */
  unestablished: number;
  /** Over the survivors, the longer stall of both sides; undefined when nothing survived. */
  stall_ms: number | undefined;
  stall_median_ms: number | undefined;
  /** When the last survivor that the fault had silenced went on; undefined when it silenced none. */
  resumed_ns: LabTime | undefined;
  /** Share of the sessions that had gone on when healing began; undefined where that cannot be told of one, or there is none. */
  resumed_ratio: number | undefined;
}

type Fate = 'survived' | 'reset' | 'given_up' | 'stalled' | 'closed' | 'corrupted' | 'unestablished';

/**
 * What became of TCP sessions over a fault. The client's list is the roll: every session in it is counted
 * in exactly one fate; a session that the server's list lacks cannot have survived.
 * @throws InputError when a list has an id twice.
 */
export function sessionOutcome(
  client: Iterable<SessionRecord>,
  server: Iterable<SessionRecord>,
  window: SessionWindow,
): SessionOutcome {
  const servers = byId(server, 'server');
  const counts: Record<Fate, number> = {
    survived: 0,
    reset: 0,
    given_up: 0,
    stalled: 0,
    closed: 0,
    corrupted: 0,
    unestablished: 0,
  };
  const modes = { client_first: { all: 0, survived: 0 }, server_first: { all: 0, survived: 0 } };
  const stalls_ms: number[] = [];
  let resumed_ns: LabTime | undefined;
  const clients = byId(client, 'client');
  for (const [id, ours] of clients) {
    const theirs = servers.get(id);
    const fate = fateOf(ours, theirs, window);
    counts[fate] += 1;
    modes[ours.mode].all += 1;
    if (fate === 'survived') {
      modes[ours.mode].survived += 1;
      stalls_ms.push(msFromNs(Math.max(ours.longest_stall_ns, theirs?.longest_stall_ns ?? 0)));
      resumed_ns = latest(resumed_ns, resumption(ours, window), theirs && resumption(theirs, window));
    }
  }
  const sessions = clients.size;
  return {
    sessions,
    ...counts,
    survived_ratio: share(counts.survived, sessions),
    survived_by_mode: {
      client_first: share(modes.client_first.survived, modes.client_first.all),
      server_first: share(modes.server_first.survived, modes.server_first.all),
    },
    stall_ms: stalls_ms.length === 0 ? undefined : stalls_ms.reduce((a, b) => Math.max(a, b)),
    stall_median_ms: stalls_ms.length === 0 ? undefined : median(stalls_ms),
    resumed_ns,
    resumed_ratio: resumedRatio(clients, servers, window),
  };
}

function resumedRatio(
  clients: ReadonlyMap<string | number, SessionRecord>,
  servers: ReadonlyMap<string | number, SessionRecord>,
  window: SessionWindow,
): number | undefined {
  let resumed = 0;
  for (const [id, ours] of clients) {
    const had = hadGoneOn(ours, servers.get(id), window);
    if (had === undefined) return undefined;
    if (had) resumed += 1;
  }
  return share(resumed, clients.size);
}

/**
 * Whether a session had gone on after the fault when healing began: it was open, and each side had received something after its
 * silence. A record has the longest silence alone: where that began later, it cannot be told.
 */
function hadGoneOn(
  ours: SessionRecord,
  theirs: SessionRecord | undefined,
  window: SessionWindow,
): boolean | undefined {
  const fate = fateOf(ours, theirs, { ...window, end_ns: window.heal_ns });
  if (fate !== 'survived' || theirs === undefined) return false;
  const sides = [ours, theirs].map((side) => sideWentOn(side, window));
  return sides.includes(false) ? false : sides.includes(undefined) ? undefined : true;
}

/** Of a side that was heard from in the end. */
function sideWentOn(
  { longest_stall_ns, stall_from_ns }: SessionRecord,
  { heal_ns, silence_ms }: SessionWindow,
): boolean | undefined {
  if (longest_stall_ns <= silence_ms * NS_PER_MS) return true;
  if (stall_from_ns >= heal_ns) return undefined;
  return stall_from_ns + longest_stall_ns <= heal_ns;
}

function share(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}

/** The end of the longest silence, when that is of the fault's making. */
function resumption(record: SessionRecord, window: SessionWindow): LabTime | undefined {
  const end_ns = record.stall_from_ns + record.longest_stall_ns;
  const long = record.longest_stall_ns > window.silence_ms * NS_PER_MS;
  return long && end_ns > window.fault_ns && record.stall_from_ns < window.heal_ns ? end_ns : undefined;
}

function latest(...moments: (LabTime | undefined)[]): LabTime | undefined {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}

/** @throws InputError when an id is there twice; `side` is for its words. */
export function byId(
  records: Iterable<SessionRecord>,
  side: 'client' | 'server',
): Map<string | number, SessionRecord> {
  const map = new Map<string | number, SessionRecord>();
  for (const record of records) {
    if (map.has(record.id)) throw new InputError(`the ${side}'s TCP records name session ${record.id} twice`);
    map.set(record.id, record);
  }
  return map;
}

function fateOf(ours: SessionRecord, theirs: SessionRecord | undefined, window: SessionWindow): Fate {
  if (ours.established_ns === null || ours.established_ns > window.fault_ns) return 'unestablished';
  if (ours.order_errors > 0 || (theirs?.order_errors ?? 0) > 0) return 'corrupted';
  const ends = endsOf(ours, theirs, window);
  if (ends.some(({ how }) => how === 'reset' || how === 'refused')) return 'reset';
  if (ends.some(({ how }) => how === 'given_up')) return 'given_up';
  if (ends.length > 0) return 'closed';
  return isFresh(ours, window) && theirs !== undefined && isFresh(theirs, window) ? 'survived' : 'stalled';
}

/** How the session ended; what the server saw of a session after its client had given it up is of no account. */
function endsOf(
  ours: SessionRecord,
  theirs: SessionRecord | undefined,
  { end_ns }: SessionWindow,
): SessionEnd[] {
  const { ended } = ours;
  const until_ns = ended?.how === 'given_up' ? Math.min(ended.at_ns, end_ns) : end_ns;
  return [ended, theirs?.ended ?? null]
    .filter((end) => end !== null)
    .filter(({ at_ns }) => at_ns <= until_ns);
}

/** Whether the session worked at the end: open, and heard from on both sides just before, every message in order. */
export function worksAtEnd(
  ours: SessionRecord,
  theirs: SessionRecord | undefined,
  window: SessionWindow,
): boolean {
  return fateOf(ours, theirs, { ...window, fault_ns: window.end_ns }) === 'survived';
}

function isFresh(record: SessionRecord, window: SessionWindow): boolean {
  return (
    record.last_received_ns !== null && record.last_received_ns >= window.end_ns - window.fresh_ms * NS_PER_MS
  );
}
