import type { AuditRecord } from '../journal/journal.ts';
import type { HeardAdvert } from '../lab/agent.ts';
import type { DaemonState } from './daemon-state.ts';

const NAME = 'vrrp-redundancy';

/** What was seen of one member of a virtual router. */
export interface MemberSeen {
  node: string;
  /** It holds the virtual address. */
  holds: boolean;
  keepalived: DaemonState;
  /** Its keepalived ran before the fault. */
  ran_before: boolean;
}

/** A virtual router after a trial. */
export interface RedundancySeen {
  vip: string;
  members: readonly MemberSeen[];
  /** What passed at the members while the backups were listened at; undefined when that was not done. */
  adverts?: readonly HeardAdvert[] | undefined;
  /** For how long, at most, in ms. */
  listened_ms: number;
  /** How often the holder advertises by its configuration, in ms; undefined when that is not known. */
  advert_ms: number | undefined;
}

/**
 * Whether the failure of any one member would be survived: every member runs its VRRP daemon, and every backup hears
 * the master, so that it would notice its silence (RFC 9568 section 6.4.2).
 */
export function judgeRedundancy(router: string, seen: RedundancySeen): AuditRecord {
  const { vip, members } = seen;
  const holders = members.filter(({ holds }) => holds);
  const backups = members.filter(({ holds }) => !holds);
  const lost = new Map(members.map((member) => [member.node, daemonProblem(member, vip)]));
  const [holder] = holders;
  // No holder, or several: 'one-owner' says so, and nobody in particular is to be heard.
  const deaf = holders.length === 1 && seen.adverts ? hearing(seen, holder!, backups) : {};
  const unsure = deaf.silent_holder?.unsure;
  const problems = [
    ...[...lost.values()].filter((one) => one !== undefined),
    ...(deaf.silent_holder && !unsure ? [deaf.silent_holder.words] : []),
    ...(deaf.backups ?? []).map(({ words }) => words),
  ];
  const record = (verdict: AuditRecord['verdict'], words: string): AuditRecord => ({
    name: NAME,
    verdict,
    detail: `virtual router '${router}': ${words}`,
  });
  if (problems.length > 0) {
    const unable = new Set((deaf.backups ?? []).map(({ node }) => node));
    const able = backups.filter(({ node }) => !lost.get(node) && !unable.has(node)).map(({ node }) => node);
    return record('fail', `${problems.join(', ')}: ${consequence(able, vip)}`);
  }
  if (unsure) return record('unknown', unsure);
  return record('pass', wellWords(holder, backups, vip, holders.length));
}

/** undefined when it does what it should. */
function daemonProblem({ node, keepalived, ran_before, holds }: MemberSeen, vip: string): string | undefined {
  const holding = holds ? `, which holds ${vip}` : '';
  switch (keepalived) {
    case 'runs':
      return undefined;
    case 'stopped':
      return `keepalived is stopped on ${node}${holding}`;
    case 'child-missing':
      return `keepalived runs without its VRRP process on ${node}${holding}`;
    case 'none':
      return ran_before
        ? `${node}${holding}${holds ? ',' : ''} came back without keepalived`
        : `no keepalived runs on ${node}${holding}`;
  }
}

interface Hearing {
  silent_holder?: { words: string; unsure?: string };
  backups?: { node: string; words: string }[];
}

function hearing(seen: RedundancySeen, holder: MemberSeen, backups: readonly MemberSeen[]): Hearing {
  const { vip, listened_ms, advert_ms, adverts = [] } = seen;
  if (holder.keepalived !== 'runs') return {};
  const sent = ownAdverts(adverts, holder.node, vip);
  const waited = `for ${(listened_ms / 1000).toFixed(1)} s`;
  if (sent.length === 0) {
    const words = `${holder.node} holds ${vip} and sent no advertisement ${waited}`;
    const unsure = `${words}, and how often it should is not known`;
    return { silent_holder: advert_ms === undefined ? { words, unsure } : { words } };
  }
  const deaf = backups.filter(
    ({ node, keepalived }) =>
      keepalived === 'runs' &&
      !adverts.some(
        (one) => one.node === node && !one.sent && sent.some(({ source }) => source === one.source),
      ),
  );
  return {
    backups: deaf.map(({ node }) => ({
      node,
      words: `${node} does not hear the advertisements of ${holder.node} (none ${waited})`,
    })),
  };
}

/** What the holder sent for this address; where its adverts do not name the address, all of its VRID. */
function ownAdverts(adverts: readonly HeardAdvert[], node: string, vip: string): readonly HeardAdvert[] {
  const sent = adverts.filter((one) => one.node === node && one.sent);
  const naming = sent.filter(({ addresses }) => addresses.includes(vip));
  return naming.length > 0 ? naming : sent;
}

function consequence(able: readonly string[], vip: string): string {
  return able.length === 0
    ? `no node could take over ${vip}`
    : `only ${able.join(' and ')} could take over ${vip}`;
}

function wellWords(
  holder: MemberSeen | undefined,
  backups: readonly MemberSeen[],
  vip: string,
  holders: number,
): string {
  const names = backups.map(({ node }) => node);
  if (!holder || holders > 1) return 'keepalived runs on every member';
  if (names.length === 0) return `keepalived runs on ${holder.node}, its only member`;
  const verb = names.length === 1 ? 'hears' : 'hear';
  return `${names.join(' and ')} ${verb} the advertisements of ${holder.node} and could take over ${vip}`;
}
