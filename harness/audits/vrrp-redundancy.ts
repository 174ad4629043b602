import { EnvironmentError, InputError } from '../ground/errors.ts';
import type { AuditRecord } from '../journal/journal.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { holdersOf, type VirtualRouter, virtualRouters } from '../lab/virtual-routers.ts';
import { parseKeepalivedConf } from '../measure/keepalived-conf.ts';
import type { Audit } from './audit.ts';
import type { BeforeFault } from './before-fault.ts';
import { keepalivedAmong, processesOf } from './daemon-state.ts';
import { judgeRedundancy, type MemberSeen, type RedundancySeen } from './judge-redundancy.ts';
import { untilPass } from './until-pass.ts';

const KEEPALIVED_CONF = '/etc/keepalived/keepalived.conf';
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

/** @param settle_ms how long the daemons may take to be as they should be. */
export function vrrpRedundancyWithin(settle_ms: number): Audit {
  return {
    name: 'vrrp-redundancy',
    run: ({ lab, before }) =>
      Promise.all(
        virtualRouters(lab).map((router) =>
          untilPass(settle_ms, LOOK_AGAIN_MS, () => auditRouter(lab, router, before)),
        ),
      ),
  };
}

/** Every member of a virtual router runs keepalived and every backup hears the master: a further failure is survived. */
export const vrrpRedundancy = vrrpRedundancyWithin(SETTLE_MS);

async function auditRouter(lab: Lab, router: VirtualRouter, before: BeforeFault): Promise<AuditRecord> {
  const holders = await holdersOf(lab, router);
  const daemons = await Promise.all(
    router.members.map(async (node) => ({ node, ...keepalivedAmong(await processesOf(lab, node)) })),
  );
  const members = daemons.map(
    ({ node, state }): MemberSeen => ({
      node: node.name,
      holds: holders.includes(node),
      keepalived: state,
      ran_before: before.keepalived.has(node.name),
    }),
  );
  const listeners = daemons
    .filter(({ state }) => state === 'runs')
    .map(({ node, pid }) => ({ node: node.name, pid }));
  const heard = await listen(lab, router, holders, listeners);
  return judgeRedundancy(router.name, { vip: router.vip, members, ...heard });
}

/** At the members that run, where one of them holds the address and another is to hear it. */
async function listen(
  lab: Lab,
  { vrid, vip }: VirtualRouter,
  holders: readonly LabNode[],
  listeners: readonly { node: string; pid: number }[],
): Promise<Pick<RedundancySeen, 'adverts' | 'listened_ms' | 'advert_ms'>> {
  const [holder] = holders;
  const backups = listeners.map(({ node }) => node).filter((node) => node !== holder?.name);
  if (!holder || holders.length > 1 || backups.length === 0) return { listened_ms: 0, advert_ms: undefined };
  const advert_ms = await advertMs(lab, holder, vrid);
  const listened_ms =
    advert_ms === undefined
      ? UNKNOWN_LISTENED_MS
      : Math.min(INTERVALS_LISTENED * advert_ms + MARGIN_MS, MOST_LISTENED_MS);
  const adverts = await lab.agent.call(
    'hear_adverts',
    { listeners: [...listeners], vrid, address: vip, awaited: backups, timeout_s: listened_ms / 1000 },
    listened_ms + CALL_MARGIN_MS,
  );
  return { adverts, listened_ms, advert_ms };
}

/** The longest interval that the node's file gives this VRID; undefined when it can't be followed. */
async function advertMs(lab: Lab, node: LabNode, vrid: number): Promise<number | undefined> {
  try {
    const text = await lab.agent.call('read_node_file', { pid: node.pid, path: KEEPALIVED_CONF });
    const instances = parseKeepalivedConf(text, `${node.name}:keepalived.conf`);
    const of = instances.filter((one) => one.virtual_router_id === vrid).map((one) => one.advert_int_ms);
    return of.length > 0 ? Math.max(...of) : undefined;
  } catch (error) {
    if (error instanceof EnvironmentError || error instanceof InputError) return undefined;
    throw error;
  }
}
