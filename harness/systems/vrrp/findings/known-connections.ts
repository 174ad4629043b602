import type { ConnectionEntry } from './connection-entries.ts';

/** A cache tells its peers of a connection when it gets it: after so long, in s, they must know of it. */
const SETTLED_S = 2;

/** What a master has: its conntrackd's internal cache, and its kernel's table where that could be read. */
export interface OwnConnections {
  internal: readonly ConnectionEntry[];
  kernel: readonly ConnectionEntry[] | undefined;
}

/** What of the master's connections is not where it should be; each by its `key`. */
export interface ConnectionProblems {
  /** In the master's kernel, and its conntrackd does not know of them, though it knows of others like them. */
  unheard: string[];
  /** Its conntrackd has them in another way than its kernel: another translation. */
  untrue: string[];
  /** Its peer does not have them. */
  lacking: string[];
  /** Its peer has them in another state, or with another translation. */
  differing: string[];
  /** Its peer has them, and the master does not. */
  stale: string[];
}

/** Compares the entries of a master's conntrackd with its own kernel's table. */
export function ownProblems({
  internal,
  kernel,
}: OwnConnections): Pick<ConnectionProblems, 'unheard' | 'untrue'> {
  const known = byKey(internal);
  // What conntrackd's filters let pass is told by what it has: they go by protocol, addresses and state.
  const passed = new Set(internal.map(kindOf));
  const table = kernel ?? [];
  return {
    unheard: keysOf(table.filter((one) => isLasting(one) && !known.has(one.key) && passed.has(kindOf(one)))),
    untrue: keysOf(
      table.filter(({ key, reply }) => {
        const told = known.get(key)?.reply;
        return told !== undefined && reply !== undefined && told !== reply;
      }),
    ),
  };
}

/**
 * Compares the entries of a master with what a peer has of them, which is in its external cache, or in its kernel's table
 * where it has no such cache.
 */
export function peerProblems(
  { internal, kernel }: OwnConnections,
  peer: readonly ConnectionEntry[],
): Pick<ConnectionProblems, 'lacking' | 'differing' | 'stale'> {
  const known = byKey(peer);
  const own = new Set([...internal, ...(kernel ?? [])].map(({ key }) => key));
  const settled = internal.filter(({ age_s }) => age_s === undefined || age_s >= SETTLED_S);
  return {
    lacking: keysOf(settled.filter(({ key }) => !known.has(key))),
    differing: keysOf(
      settled.filter((one) => {
        const other = known.get(one.key);
        return other !== undefined && differ(one, other);
      }),
    ),
    stale: keysOf(peer.filter(({ key }) => !own.has(key))),
  };
}

function differ(one: ConnectionEntry, other: ConnectionEntry): boolean {
  const replies = one.reply !== undefined && other.reply !== undefined && one.reply !== other.reply;
  return one.state !== other.state || replies;
}

/** Of a kind that does not come and go from one moment to the next. */
function isLasting({ assured, state }: ConnectionEntry): boolean {
  return assured && (state === undefined || state === 'ESTABLISHED');
}

function kindOf({ hosts, state }: ConnectionEntry): string {
  return `${hosts} ${state ?? ''}`;
}

function byKey(entries: readonly ConnectionEntry[]): Map<string, ConnectionEntry> {
  return new Map(entries.map((entry) => [entry.key, entry]));
}

function keysOf(entries: readonly ConnectionEntry[]): string[] {
  return entries.map(({ key }) => key);
}
