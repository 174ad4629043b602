import { type ConnectionProblems, ownProblems, peerProblems } from '../findings/known-connections.ts';
import type { ConntrackdSeen } from './conntrackd-seen.ts';

/** What was wrong with the connections that members of a group know of, by node and kind: keys of entries. */
export type EntriesJudged = ReadonlyMap<string, Partial<ConnectionProblems>>;

/** Of FTFW: one sequence of numbers is kept for all that a daemon hears (nethdr_track_seq in conntrackd's network.c). */
const MOST_IN_FTFW = 2;

/**
 * Compares the holder's connections with its own kernel's table, and with what every peer has of them.
 * @param earlier the same of the look before: what was wrong then as well counts, for connections come and go while they
 * are looked at.
 * @returns undefined when they were not looked at.
 */
export function judgeEntries(
  seen: readonly ConntrackdSeen[],
  holder: string | undefined,
  earlier?: EntriesJudged,
): EntriesJudged | undefined {
  const master = seen.find(({ node }) => node === holder);
  // Without an internal cache it passes on what comes, and there is nothing to compare with.
  if (!master?.entries || master.stats?.internal === undefined) return undefined;
  const own = master.entries;
  const judged = new Map<string, Partial<ConnectionProblems>>([[master.node, ownProblems(own)]]);
  for (const { node, entries, stats } of seen) {
    if (node === holder || !entries) continue;
    const known = stats?.external === undefined ? entries.kernel : entries.external;
    if (known) judged.set(node, peerProblems(own, known));
  }
  return earlier ? lastingOf(judged, earlier) : judged;
}

function lastingOf(judged: EntriesJudged, earlier: EntriesJudged): EntriesJudged {
  const both = [...judged].map(([node, problems]) => {
    const lasting = Object.entries(problems).map(([kind, keys]) => {
      const before = new Set(earlier.get(node)?.[kind as keyof ConnectionProblems] ?? []);
      return [kind, keys.filter((key) => before.has(key))];
    });
    return [node, Object.fromEntries(lasting) as Partial<ConnectionProblems>] as const;
  });
  return new Map(both);
}

/** What of it costs sessions with the next failover: one part of a sentence each. */
export function entryWords(
  judged: EntriesJudged,
  seen: readonly ConntrackdSeen[],
  holder: string | undefined,
): string[] {
  const count = seen.find(({ node }) => node === holder)?.stats?.internal ?? 0;
  return [...judged].flatMap(
    ([node, { unheard = [], untrue = [], lacking = [], differing = [], stale = [] }]) => {
      const others = stale.length > 0 ? `, and has ${stale.length} that ${holder} has not` : '';
      return [
        ...words(unheard, (some) => `the conntrackd of ${node} does not know ${some} of its kernel's table`),
        ...words(
          untrue,
          (some) => `the conntrackd of ${node} has ${some} with another translation than its kernel`,
        ),
        ...words(
          lacking,
          (some) =>
            `${node} lacks ${some} of the ${count} sessions of ${holder}${others}${ignored(node, seen)}`,
        ),
        ...words(
          differing,
          (some) => `${node} has ${some} in another state, or otherwise translated, than ${holder}`,
        ),
      ];
    },
  );
}

function words(keys: readonly string[], sentence: (some: string) => string): string[] {
  return keys.length === 0 ? [] : [sentence(`${keys.length} (such as ${keys[0]})`)];
}

/** Why a peer may lack sessions that it was told of. */
function ignored(node: string, seen: readonly ConntrackdSeen[]): string {
  const messages = seen.find((one) => one.node === node)?.ignored ?? 0;
  const running = seen.filter(({ stats }) => stats !== undefined).length;
  if (messages === 0 || running <= MOST_IN_FTFW) return '';
  return (
    ` (it has ignored ${messages} messages as out of order: ${running} conntrackd share a group, ` +
    'and FTFW keeps one sequence of numbers for all that it hears)'
  );
}
