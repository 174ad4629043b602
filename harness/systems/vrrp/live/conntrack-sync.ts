import pLimit from 'p-limit';
import { sleep } from '../../../ground/wait.ts';
import type { AuditRecord } from '../../../journal/journal.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import type { Audit, AuditScene } from '../../audit.ts';
import { auditEach } from '../../audit-each.ts';
import { type RanBefore, ranOn } from '../../ran-before.ts';
import { untilPass } from '../../until-pass.ts';
import { askConntrackd, askForEntries } from './ask-conntrackd.ts';
import type { ConntrackdSeen } from './conntrackd-seen.ts';
import { conntrackdAmong, processesOf } from './daemon-state.ts';
import { judgeConntrack } from './judge-conntrack.ts';
import { type EntriesJudged, judgeEntries } from './judge-entries.ts';
import { holdersOf, membersOf, participants, virtualRouters } from './virtual-routers.ts';

const NAME = 'conntrack-sync';
/** A daemon that has come back asks its peer for all connections, which sends them piece by piece. */
const SETTLE_MS = 10_000;
/** Between two looks: a daemon with nothing else to say says every second that it lives (conntrackd's ALIVE_INT). */
const APART_MS = 1300;
/** Each look starts programs in a node: a hundred at once would keep the machine from answering any of them in time. */
const looks = pLimit(8);

/** A group of nodes whose connections are to be known to one another. */
interface Group {
  what: string;
  nodes: readonly LabNode[];
  holder: () => Promise<string | undefined>;
}

/** @param within_ms how long the daemons may take to be as they should be. */
export function conntrackSyncWithin(within_ms: number): Audit {
  return {
    name: NAME,
    summary:
      'where conntrackd ran before the fault or runs now: it runs on every member, and each backup knows the connections of the holder',
    before: (lab) => {
      const members = membersOf(lab);
      return ranOn(lab.nodes, 'conntrackd', (node) => runsConntrackd(lab, node, members.has(node)));
    },
    rests_on_before: true,
    run: (scene) => auditGroups(scene, within_ms),
    begin: async ({ lab, before }) => {
      const looks = groupsOf(lab, before).map((group) => lookAt(lab, group, before));
      // What keeps one from being looked at now is reported by the look that counts, if it lasts.
      const settled = await Promise.allSettled(looks);
      const first = settled.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
      return (scene) => auditGroups(scene, within_ms, first);
    },
  };
}

/** Where conntrackd keeps sessions in step, it runs on every member, hears its peers, and knows the master's sessions. */
export const conntrackSync = conntrackSyncWithin(SETTLE_MS);

async function runsConntrackd(lab: Lab, node: LabNode, isMember: boolean): Promise<boolean> {
  const { pid } = node;
  if (pid === 0) return false;
  if (!isMember && !(await lab.agent.call('has_program', { pid, name: 'conntrackd' }))) return false;
  return conntrackdAmong(await processesOf(lab, node)).state !== 'none';
}

/** The members of each virtual router, and each other node on which it ran. */
function groupsOf(lab: Lab, before: RanBefore): Group[] {
  const routers = virtualRouters(lab);
  const members = membersOf(lab);
  const groups = routers.map(
    (router): Group => ({
      what: `virtual router '${router.name}'`,
      nodes: participants(lab, router),
      holder: async () => {
        const holders = await holdersOf(lab, router);
        return holders.length === 1 ? holders[0]!.name : undefined;
      },
    }),
  );
  const others = lab.nodes.filter((node) => !members.has(node) && before.nodes.has(node.name));
  const alone = others.map(
    (node): Group => ({
      what: `node '${node.name}'`,
      nodes: [node],
      holder: async () => undefined,
    }),
  );
  return [...groups, ...alone];
}

/** What was seen of a group, and when. */
interface GroupLook {
  group: Group;
  seen: ConntrackdSeen[];
  /** performance.now() when the last of them had answered. */
  at_ms: number;
}

/** @param first looks at the same groups that were taken before. */
function auditGroups(
  { lab, before }: AuditScene,
  within_ms: number,
  first: readonly (GroupLook | undefined)[] = [],
): Promise<AuditRecord[]> {
  return auditEach(
    NAME,
    groupsOf(lab, before).map((group, at) => ({ group, first: ofSameNodes(first[at], group) })),
    ({ group }) => group.what,
    async ({ group, first }) => {
      const look = first ?? (await lookAt(lab, group, before));
      const inUse = look.seen.some(
        ({ ran_before, stats, silence }) => ran_before || stats || silence !== undefined,
      );
      return inUse ? auditGroup(lab, look, before, within_ms) : [];
    },
  );
}

/** Members that a scheduler has changed meanwhile are looked at anew. */
function ofSameNodes(look: GroupLook | undefined, { nodes }: Group): GroupLook | undefined {
  const before = look?.group.nodes ?? [];
  return before.length === nodes.length && before.every((node) => nodes.includes(node)) ? look : undefined;
}

/** Every look is compared with the one before it. */
async function auditGroup(
  lab: Lab,
  first: GroupLook,
  before: RanBefore,
  within_ms: number,
): Promise<AuditRecord> {
  const { group } = first;
  let earlier = first;
  let entries: EntriesJudged | undefined;
  const lookAgain = async () => {
    await sleep(Math.max(0, earlier.at_ms + APART_MS - performance.now()));
    const holder = await group.holder();
    const later = await lookAt(lab, group, before, earlier);
    const pairs = later.seen.map((one, at) => ({ earlier: earlier.seen[at]!, later: one }));
    earlier = later;
    entries = judgeEntries(later.seen, holder, entries);
    return { record: judgeConntrack(group.what, pairs, holder, entries) };
  };
  const record = await untilPass(within_ms, 0, lookAgain);
  // One that answered the last look for the first time is asked once more: only then can anything be said of it.
  return record.verdict === 'unknown' ? (await lookAgain()).record : record;
}

/** @param counted an earlier look: with one, the connections themselves are looked at. */
async function lookAt(lab: Lab, group: Group, before: RanBefore, counted?: GroupLook): Promise<GroupLook> {
  const seen = await Promise.all(
    group.nodes.map((node, at) => looks(() => lookAtNode(lab, node, before, counted?.seen[at]))),
  );
  return { group, seen, at_ms: performance.now() };
}

async function lookAtNode(
  lab: Lab,
  node: LabNode,
  before: RanBefore,
  counted: ConntrackdSeen | undefined,
): Promise<ConntrackdSeen> {
  const daemon = conntrackdAmong(await processesOf(lab, node));
  const ran_before = before.nodes.has(node.name);
  const seen = { node: node.name, daemon: daemon.state, ran_before };
  if (daemon.state !== 'runs') return seen;
  const answer = counted
    ? await askForEntries(lab, node, daemon, counted)
    : await askConntrackd(lab, node, daemon);
  return { ...seen, ...answer };
}
