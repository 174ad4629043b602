import type { HeardAdvert } from '../../../lab/agent-shapes.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { familyOf } from '../../../topology/addresses.ts';
import type { Audit, AuditScene } from '../../audit.ts';
import { auditEach } from '../../audit-each.ts';
import { type RanBefore, ranOn } from '../../ran-before.ts';
import { type Look, untilPass } from '../../until-pass.ts';
import { keepalivedAmong, processesOf } from './daemon-state.ts';
import { type InstanceSeen, instanceSeen } from './instance-seen.ts';
import { judgeRedundancy, type MemberSeen, type RedundancySeen } from './judge-redundancy.ts';
import { readKeepalived } from './read-keepalived.ts';
import { holdersOf, membersOf, participants, type VirtualRouter, virtualRouters } from './virtual-routers.ts';

/** A daemon that has just been started again reads its configuration, and its parent starts its child. */
const SETTLE_MS = 5000;
const LOOK_AGAIN_MS = 250;
/** An advertisement comes within one interval; one may be lost, or late on a busy machine. */
const INTERVALS_LISTENED = 2;
const MARGIN_MS = 500;
/** For a holder whose interval is not known. */
const UNKNOWN_LISTENED_MS = 4000;
/** VRRPv3's longest interval is 40.95 s (RFC 9568 section 5.2.7). */
const MOST_LISTENED_MS = 90_000;
const CALL_MARGIN_MS = 10_000;

/** @param within_ms how long the daemons may take to be as they should be. */
export function vrrpRedundancyWithin(within_ms: number): Audit {
  const name = 'vrrp-redundancy';
  const audit = ({ lab, before }: AuditScene, first?: readonly Look[]) =>
    auditEach(
      name,
      virtualRouters(lab).map((router, at) => ({ router, first: first?.[at] })),
      ({ router }) => `virtual router '${router.name}'`,
      ({ router, first }) =>
        untilPass(within_ms, LOOK_AGAIN_MS, () => auditRouter(lab, router, before), first),
    );
  return {
    name,
    summary:
      'every member of each virtual router runs keepalived, one as MASTER, the others as BACKUP that hear its advertisements',
    before: (lab) => ranOn([...membersOf(lab)], 'keepalived', runsKeepalived(lab)),
    run: (scene) => audit(scene),
    begin: async ({ lab, before }) => {
      const first = await Promise.all(virtualRouters(lab).map((router) => auditRouter(lab, router, before)));
      return (scene) => audit(scene, first);
    },
  };
}

/** Every member of a virtual router runs keepalived and every backup hears the master: a further failure is survived. */
export const vrrpRedundancy = vrrpRedundancyWithin(SETTLE_MS);

function runsKeepalived(lab: Lab): (node: LabNode) => Promise<boolean> {
  return async (node) => keepalivedAmong(await processesOf(lab, node)).state !== 'none';
}

async function auditRouter(lab: Lab, router: VirtualRouter, before: RanBefore): Promise<Look> {
  const first = await look(lab, router, before);
  const judged = judgeRedundancy(router.name, first);
  if (judged.final || !acceptsNone(first)) return judged;
  // It may have been started after the advertisement that reached its node. Of a second one that is not so.
  const second = await look(lab, router, before);
  const again = judgeRedundancy(router.name, second);
  return { ...again, final: again.final || acceptsNone(second) };
}

/** A backup whose daemon has accepted no advertisement of those that reach its node. */
function acceptsNone({ members }: RedundancySeen): boolean {
  return members.some(({ holds, instance }) => !holds && instance.hears === false);
}

async function look(lab: Lab, router: VirtualRouter, before: RanBefore): Promise<RedundancySeen> {
  const holders = await holdersOf(lab, router);
  const daemons = await Promise.all(
    participants(lab, router).map(async (node) => ({
      node,
      ...keepalivedAmong(await processesOf(lab, node)),
    })),
  );
  const running = daemons.filter(({ state }) => state === 'runs');
  const listeners = running.map(({ node, pid }) => ({ node: node.name, pid }));
  const heard = await listen(lab, router, holders, listeners);
  // After an advertisement has passed: who has just come back may have heard its first one now.
  const members = await Promise.all(
    daemons.map(
      async ({ node, state }): Promise<MemberSeen> => ({
        node: node.name,
        holds: holders.includes(node),
        keepalived: state,
        ran_before: before.nodes.has(node.name),
        instance: state === 'runs' ? await ask(lab, node, router) : {},
      }),
    ),
  );
  return { vip: router.vip, members, ...heard };
}

async function ask(lab: Lab, node: LabNode, router: VirtualRouter): Promise<InstanceSeen> {
  return instanceSeen({ node: node.name, ...(await readKeepalived(lab, node)) }, router);
}

/** At the members that run, where one of them holds the address and another is to hear it. */
async function listen(
  lab: Lab,
  router: VirtualRouter,
  holders: readonly LabNode[],
  listeners: readonly { node: string; pid: number }[],
): Promise<Pick<RedundancySeen, 'adverts' | 'listened_ms'>> {
  const [holder] = holders;
  const backups = listeners.map(({ node }) => node).filter((node) => node !== holder?.name);
  if (!holder || holders.length > 1 || backups.length === 0) return { adverts: undefined, listened_ms: 0 };
  const { advert_ms, family = familyOf(router.vip) } = await ask(lab, holder, router);
  const listened_ms =
    advert_ms === undefined
      ? UNKNOWN_LISTENED_MS
      : Math.min(INTERVALS_LISTENED * advert_ms + MARGIN_MS, MOST_LISTENED_MS);
  return {
    adverts: await hear(lab, router, { listeners, awaited: backups, timeout_ms: listened_ms, family }),
    listened_ms,
  };
}

function hear(
  lab: Lab,
  { vrid, vip }: VirtualRouter,
  {
    listeners,
    awaited,
    timeout_ms,
    family,
  }: {
    listeners: readonly { node: string; pid: number }[];
    awaited: string[];
    timeout_ms: number;
    family: 4 | 6;
  },
): Promise<HeardAdvert[]> {
  const timeout_s = timeout_ms / 1000;
  const args = { listeners: [...listeners], vrid, address: vip, awaited, timeout_s, family };
  return lab.agent.call('hear_adverts', args, timeout_ms + CALL_MARGIN_MS);
}
