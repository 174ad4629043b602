import type { AuditRecord } from '../../../journal/journal.ts';
import type { ConntrackdSeen } from './conntrackd-seen.ts';
import { type EntriesJudged, entryWords, judgeEntries } from './judge-entries.ts';

const NAME = 'conntrack-sync';
/** Of the master's connections, how many a backup may lack: they come and go while both are asked. */
const LACKING_SHARE = 0.1;
const LACKING_MOST_FREE = 1;

/** A second look, and the first. */
export interface ConntrackdPair {
  earlier: ConntrackdSeen;
  later: ConntrackdSeen;
}

/**
 * Whether the next failover would find the sessions on whichever node takes over.
 * @param holder the node whose connections count; undefined when there is none, or not one.
 */
export function judgeConntrack(
  what: string,
  pairs: readonly ConntrackdPair[],
  holder: string | undefined,
  entries?: EntriesJudged,
): AuditRecord {
  const seen = pairs.map(({ later }) => later);
  const lost = seen.flatMap((one) => daemonProblem(one, seen) ?? []);
  const askedOnce = answeredOnce(pairs);
  const problems =
    lost.length > 0
      ? lost
      : [
          ...startedAgain(pairs),
          ...askedOnce,
          ...deafness(pairs),
          // A count is what is left where connections were not compared.
          ...(entries ? entryWords(entries, seen, holder) : lacking(seen, holder)),
        ];
  if (problems.length > 0 && problems.length === askedOnce.length)
    return { name: NAME, verdict: 'unknown', detail: `${what}: ${problems.join(', ')}` };
  const verdict = problems.length > 0 ? 'fail' : 'pass';
  const words =
    problems.length > 0
      ? `${problems.join(', ')}: sessions would be lost with the next failover`
      : wellWords(seen, holder, entries !== undefined);
  return { name: NAME, verdict, detail: `${what}: ${words}` };
}

function daemonProblem(one: ConntrackdSeen, all: readonly ConntrackdSeen[]): string | undefined {
  const { node, daemon, ran_before, silence } = one;
  if (daemon === 'stopped') return `conntrackd is stopped on ${node}`;
  if (daemon === 'none' && ran_before) return `${node} came back without conntrackd`;
  if (daemon === 'none') {
    const peers = all.filter(({ stats }) => stats !== undefined).map((peer) => peer.node);
    return peers.length > 0 ? `conntrackd runs on ${peers.join(' and ')} and not on ${node}` : undefined;
  }
  return silence === undefined ? undefined : `the conntrackd of ${node} does not answer (${silence})`;
}

/** Counters that began anew between the two looks tell nothing of what was received. */
function startedAgain(pairs: readonly ConntrackdPair[]): string[] {
  return pairs.flatMap(({ earlier, later }) => {
    const [before, after] = [earlier.stats, later.stats];
    if (before === undefined || after === undefined) return [];
    const backwards = (of: 'sent' | 'received') => (after[of] ?? 0) < (before[of] ?? 0);
    if (!backwards('sent') && !backwards('received')) return [];
    return [`the conntrackd of ${later.node} started again while it was looked at`];
  });
}

/** One that did not answer the earlier look, because it had not started or the machine was busy. */
function answeredOnce(pairs: readonly ConntrackdPair[]): string[] {
  return pairs
    .filter(({ earlier, later }) => later.stats !== undefined && earlier.stats === undefined)
    .map(
      ({ later }) =>
        `the conntrackd of ${later.node} answered only once: whether it hears its peers is not known`,
    );
}

/** A daemon that received nothing while a peer sent. Those that send seldom are not judged by it. */
function deafness(pairs: readonly ConntrackdPair[]): string[] {
  const moved = (pair: ConntrackdPair, of: 'sent' | 'received') =>
    (pair.later.stats?.[of] ?? 0) - (pair.earlier.stats?.[of] ?? 0);
  return pairs.flatMap((pair) => {
    const { node, stats } = pair.later;
    const talking = pairs.filter((other) => other !== pair && moved(other, 'sent') > 0);
    if (stats?.received === undefined || talking.length === 0 || moved(pair, 'received') !== 0) return [];
    const names = talking.map(({ later }) => later.node).join(' and ');
    return [`the conntrackd of ${node} receives nothing from ${names} over ${stats.channel}`];
  });
}

/** Whether a backup has the connections of its master, but for those that come and go. */
function knowsEnough(external: number, wanted: number): boolean {
  return wanted - external <= Math.max(LACKING_MOST_FREE, wanted * LACKING_SHARE);
}

/**
 * Whether a backup has the master's connections themselves, but for those that come and go: as many others, of before it
 * was a backup for example, do not count. By their number where they were not looked at.
 */
export function hasSessionsOf(master: ConntrackdSeen, backup: ConntrackdSeen): boolean {
  const wanted = master.stats?.internal;
  if (wanted === undefined) return true;
  if (backup.stats === undefined) return false;
  const { external } = backup.stats;
  if (external !== undefined && !knowsEnough(external, wanted)) return false;
  const problems = judgeEntries([master, backup], master.node)?.get(backup.node);
  const missing = (problems?.lacking?.length ?? 0) + (problems?.differing?.length ?? 0);
  return knowsEnough(wanted - missing, wanted);
}

/** Backups that do not have the connections of the master. */
function lacking(seen: readonly ConntrackdSeen[], holder: string | undefined): string[] {
  const wanted = seen.find(({ node }) => node === holder)?.stats?.internal;
  if (wanted === undefined) return [];
  return seen.flatMap(({ node, stats }) => {
    if (node === holder || stats?.external === undefined) return [];
    if (knowsEnough(stats.external, wanted)) return [];
    return [`${node} knows ${stats.external} of the ${wanted} sessions of ${holder}`];
  });
}

function wellWords(seen: readonly ConntrackdSeen[], holder: string | undefined, compared: boolean): string {
  const names = seen.filter(({ stats }) => stats).map(({ node }) => node);
  if (names.length === 0) return 'conntrackd runs and answers, and synchronises nothing (Mode Stats)';
  const wanted = seen.find(({ node }) => node === holder)?.stats?.internal;
  const knowing = seen.filter(({ node, stats }) => node !== holder && stats?.external !== undefined);
  const known = knowing.map(({ node, stats }) => `${node} knows ${stats!.external}`).join(', ');
  const how = compared ? ', compared one by one' : ' (counted, not compared)';
  const sessions = wanted !== undefined && known ? `; ${holder} has ${wanted} sessions, ${known}${how}` : '';
  return `conntrackd runs and answers on ${names.join(' and ')}${sessions}`;
}
