import type { ConntrackHandover } from '../../../journal/trial-facts.ts';
import type { ConnectionEntry } from './connection-entries.ts';

/** Of what was not handed over, so many are named. */
const MOST_NAMED = 3;

/** Sessions that go on by themselves: answered, and of TCP established. */
export function lastingSessions(entries: readonly ConnectionEntry[]): ConnectionEntry[] {
  return entries.filter(({ assured, state }) => assured && (state === undefined || state === 'ESTABLISHED'));
}

/**
 * What a new master's kernel has of the sessions that its predecessor's had: with the same translation, with another, or
 * not at all.
 */
export function handoverOf(
  before: readonly ConnectionEntry[],
  now: readonly ConnectionEntry[],
): Pick<ConntrackHandover, 'sessions' | 'same' | 'otherwise' | 'lacking'> {
  const known = new Map(now.map((entry) => [entry.key, entry]));
  const found = before.map((entry) => ({ entry, now: known.get(entry.key) }));
  const keys = (some: typeof found) => some.slice(0, MOST_NAMED).map(({ entry }) => entry.key);
  const lacking = found.filter((one) => one.now === undefined);
  const otherwise = found.filter((one) => one.now !== undefined && one.now.reply !== one.entry.reply);
  return {
    sessions: before.length,
    same: before.length - lacking.length - otherwise.length,
    otherwise: { count: otherwise.length, such_as: keys(otherwise) },
    lacking: { count: lacking.length, such_as: keys(lacking) },
  };
}

/** The share of them that had the same translation; undefined where there was none. */
export function handedOverRatio({ sessions, same }: ConntrackHandover): number | undefined {
  return sessions === 0 ? undefined : same / sessions;
}

/** What was not handed over, in a sentence; undefined where all was. */
export function handoverNote({
  from,
  to,
  sessions,
  lacking,
  otherwise,
}: ConntrackHandover): string | undefined {
  const parts = [
    ...(lacking.count > 0 ? [`lacked ${lacking.count} (such as ${lacking.such_as[0]})`] : []),
    ...(otherwise.count > 0
      ? [`had ${otherwise.count} with another translation (such as ${otherwise.such_as[0]})`]
      : []),
  ];
  if (parts.length === 0) return undefined;
  return `before healing ${to} ${parts.join(' and ')} of the ${sessions} sessions that ${from} had before the fault`;
}
