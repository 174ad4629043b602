import type { AuditRecord } from '../../../journal/journal.ts';
import type { HeardAdvert } from '../../../lab/agent-shapes.ts';
import type { Look } from '../../until-pass.ts';
import type { DaemonState } from './daemon-state.ts';
import type { InstanceSeen } from './instance-seen.ts';

/** What was seen of one member of a virtual router. */
export interface MemberSeen {
  node: string;
  /** It holds the virtual address. */
  holds: boolean;
  keepalived: DaemonState;
  /** Its keepalived ran before the fault. */
  ran_before: boolean;
  /** What its daemon says. */
  instance: InstanceSeen;
}

/** A virtual router after a trial. */
export interface RedundancySeen {
  vip: string;
  members: readonly MemberSeen[];
  /** What passed at the members while the backups were listened at; undefined when that was not done. */
  adverts: readonly HeardAdvert[] | undefined;
  /** For how long, at most, in ms. */
  listened_ms: number;
}

/** What is wrong with a member; `unsure` when too little is known to call it a failure. */
interface Problem {
  node: string;
  words: string;
  unsure?: true;
  /** It need not be looked at again: soon the deaf one takes itself for the master, and all may look well. */
  conclusive?: true;
}

/**
 * Whether the failure of any one member would be survived: every member runs its VRRP daemon, and every backup has the
 * address and hears the master, so that it would notice its silence (RFC 9568 section 6.4.2).
 */
export function judgeRedundancy(router: string, seen: RedundancySeen): Look {
  const { vip, members } = seen;
  const look = (verdict: AuditRecord['verdict'], words: string): Look => ({
    record: { name: 'vrrp-redundancy', verdict, detail: `virtual router '${router}': ${words}` },
  });
  const lost = members.flatMap((member) => daemonProblem(member, vip) ?? []);
  const holders = members.filter(({ holds }) => holds);
  const [holder] = holders;
  if (!holder || holders.length > 1) {
    const held = `${vip} is held by ${holders.map(({ node }) => node).join(' and ') || 'nobody'}`;
    return look('fail', [...lost.map(({ words }) => words), held].join(', '));
  }
  const backups = members.filter((member) => member !== holder);
  const problems = [
    ...lost,
    ...holderProblems(seen, holder),
    ...backups.flatMap((backup) => backupProblem(seen, holder, backup) ?? []),
  ];
  const sure = problems.filter(({ unsure }) => !unsure);
  if (sure.length > 0) {
    const unable = new Set(sure.map(({ node }) => node));
    const able = backups.filter(({ node }) => !unable.has(node)).map(({ node }) => node);
    const found = look('fail', `${sure.map(({ words }) => words).join(', ')}: ${consequence(able, vip)}`);
    return { ...found, final: sure.some(({ conclusive }) => conclusive) };
  }
  if (problems.length > 0) return look('unknown', problems.map(({ words }) => words).join(', '));
  return look('pass', wellWords(holder, backups, vip));
}

/** undefined when the daemon runs. */
function daemonProblem(
  { node, keepalived, ran_before, holds }: MemberSeen,
  vip: string,
): Problem | undefined {
  const holding = holds ? `, which holds ${vip}` : '';
  switch (keepalived) {
    case 'runs':
      return undefined;
    case 'stopped':
      return { node, words: `keepalived is stopped on ${node}${holding}` };
    case 'child-missing':
      return { node, words: `keepalived runs without its VRRP process on ${node}${holding}` };
    case 'none':
      return ran_before
        ? { node, words: `${node}${holding}${holds ? ',' : ''} came back without keepalived` }
        : { node, words: `no keepalived runs on ${node}${holding}` };
  }
}

/** Of a holder whose daemon runs. */
function holderProblems({ vip, adverts, listened_ms }: RedundancySeen, holder: MemberSeen): Problem[] {
  const { node, keepalived, instance } = holder;
  if (keepalived !== 'runs') return [];
  const { state, advert_ms } = instance;
  if (state !== undefined && state !== 'MASTER') {
    return [{ node, words: `${node} holds ${vip} though its keepalived is in state ${state}` }];
  }
  if (!adverts || ownAdverts(adverts, node, vip).length > 0) return [];
  const words = `${node} holds ${vip} and sent no advertisement for ${seconds(listened_ms)}`;
  if (advert_ms !== undefined) return [{ node, words }];
  return [{ node, words: `${words}, and how often it should is not known`, unsure: true }];
}

/** Of a backup whose daemon runs: why it could not take over. */
function backupProblem(seen: RedundancySeen, holder: MemberSeen, backup: MemberSeen): Problem | undefined {
  const { node, keepalived, instance } = backup;
  if (keepalived !== 'runs') return undefined;
  const problem = (words: string): Problem => ({ node, words });
  if (instance.stray !== undefined && holder.instance.stray === undefined) {
    return problem(`the keepalived of ${node} ${instance.stray}`);
  }
  const { state, hears } = instance;
  if (state !== undefined && state !== 'BACKUP' && state !== 'MASTER') {
    return problem(`keepalived is in state ${state} on ${node}`);
  }
  if (isDeaf(seen, holder, node)) {
    const none = `none for ${seconds(seen.listened_ms)}`;
    const words = `${node} does not hear the advertisements of ${holder.node} (${none})`;
    return { ...problem(words), conclusive: true };
  }
  if (state === 'MASTER') {
    return problem(`keepalived is MASTER on ${node}, though ${holder.node} holds ${seen.vip}`);
  }
  // They reach the node and not the daemon: a packet filter, or they are not what it takes for right.
  if (hears === false) return problem(`the keepalived of ${node} accepts no advertisement of ${holder.node}`);
  return undefined;
}

function isDeaf({ adverts, vip }: RedundancySeen, holder: MemberSeen, node: string): boolean {
  if (!adverts || holder.keepalived !== 'runs') return false;
  const sent = ownAdverts(adverts, holder.node, vip);
  if (sent.length === 0) return false;
  const heard = adverts.filter((one) => one.node === node && !one.sent);
  return !heard.some(({ source }) => sent.some((one) => one.source === source));
}

/** What the holder sent for this address; where its adverts do not name the address, all of its VRID. */
function ownAdverts(adverts: readonly HeardAdvert[], node: string, vip: string): readonly HeardAdvert[] {
  const sent = adverts.filter((one) => one.node === node && one.sent);
  const naming = sent.filter(({ addresses }) => addresses.includes(vip));
  return naming.length > 0 ? naming : sent;
}

function consequence(able: readonly string[], vip: string): string {
  const who = able.length === 0 ? 'no node' : `only ${able.join(' and ')}`;
  return `${who} could take over ${vip}`;
}

function wellWords(holder: MemberSeen, backups: readonly MemberSeen[], vip: string): string {
  const names = backups.map(({ node }) => node);
  if (names.length === 0) return `keepalived runs on ${holder.node}, its only member`;
  const verb = names.length === 1 ? 'hears' : 'hear';
  return `${names.join(' and ')} ${verb} the advertisements of ${holder.node} and could take over ${vip}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
