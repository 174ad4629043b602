import { EnvironmentError } from '../../../ground/errors.ts';
import type { RouterAdvert } from '../../../lab/agent-shapes.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { familyOf } from '../../../topology/addresses.ts';
import type { Audit, AuditScene } from '../../audit.ts';
import { auditEach } from '../../audit-each.ts';
import type { RanBefore } from '../../ran-before.ts';
import { type Look, untilPass } from '../../until-pass.ts';
import { judgeRouterAdverts, NAME } from './judge-router-adverts.ts';
import { holdersOf, type VirtualRouter, virtualRouters } from './virtual-routers.ts';

/**
 * Until every router has answered: half a second, and three where it has just sent one (RFC 4861 §10, MAX_RA_DELAY_TIME
 * and MIN_DELAY_BETWEEN_RAS); and some.
 */
const LISTENED_MS = 4000;
const CALL_MARGIN_MS = 10_000;
/** A daemon that has just become master starts its radvd. */
const SETTLE_MS = 5000;

/** Labs in which it is known whether router advertisements are in use at all. */
const inUse = new WeakMap<Lab, RanBefore>();

/** Only the master of a virtual router of IPv6 sends router advertisements, and it does. */
export const routerAdverts: Audit = {
  name: NAME,
  summary:
    'of a virtual router of IPv6 only the master sends router advertisements, and it does where they are in use',
  before: async (lab) => {
    const known = inUse.get(lab) ?? (await senders(lab));
    inUse.set(lab, known);
    return known;
  },
  rests_on_before: true,
  run: (scene) => audit(scene),
  begin: async ({ lab, before }) => {
    const first = await Promise.all(routersOf(lab).map((router) => lookAt(lab, router, before)));
    return (scene) => audit(scene, first);
  },
};

function routersOf(lab: Lab): VirtualRouter[] {
  return virtualRouters(lab).filter(({ vip }) => familyOf(vip) === 6);
}

/** Who sends some before the fault. */
async function senders(lab: Lab): Promise<RanBefore> {
  const heard = await Promise.all(routersOf(lab).map((router) => hear(lab, router)));
  return { nodes: new Set(heard.flat().map(({ node }) => node)), unknown: [] };
}

function audit({ lab, before }: AuditScene, first?: readonly (Look | undefined)[]) {
  return auditEach(
    NAME,
    routersOf(lab).map((router, at) => ({ router, first: first?.[at] })),
    ({ router }) => `virtual router '${router.name}'`,
    async ({ router, first: known }) => {
      const look = known ?? (await lookAt(lab, router, before));
      if (!look) return [];
      return untilPass(SETTLE_MS, 0, async () => (await lookAt(lab, router, before)) ?? look, look);
    },
  );
}

async function lookAt(lab: Lab, router: VirtualRouter, before: RanBefore): Promise<Look | undefined> {
  const adverts = await hear(lab, router);
  const holders = (await holdersOf(lab, router)).map(({ name }) => name);
  const sent_before = router.members.some(({ name }) => before.nodes.has(name));
  return judgeRouterAdverts(router.name, { vip: router.vip, holders, adverts, sent_before });
}

/** On the segment of the virtual address. @throws EnvironmentError where nobody holds it, so that it is not known. */
async function hear(lab: Lab, router: VirtualRouter): Promise<RouterAdvert[]> {
  const segment = await segmentOf(lab, router);
  const listeners = router.members.flatMap(({ name, pid, ports }) =>
    pid === 0
      ? []
      : ports
          .filter(({ bridge }) => bridge === segment)
          .map(({ interface: place, port }) => ({ node: name, pid, interface: place, port })),
  );
  const args = { listeners, timeout_s: LISTENED_MS / 1000 };
  return lab.agent.call('hear_router_adverts', args, LISTENED_MS + CALL_MARGIN_MS);
}

async function segmentOf(lab: Lab, router: VirtualRouter): Promise<string> {
  for (const holder of await holdersOf(lab, router)) {
    const place = await interfaceWith(lab, holder, router.vip);
    const port = holder.ports.find((one) => one.interface === place);
    if (port) return port.bridge;
  }
  throw new EnvironmentError(`nobody holds ${router.vip}, so it is not known on which link its hosts are`);
}

async function interfaceWith(lab: Lab, { pid }: LabNode, vip: string): Promise<string | undefined> {
  const all = await lab.agent.call('addresses_of', { pid });
  return all.find(({ address }) => address === vip)?.interface;
}
