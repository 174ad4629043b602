import type { AuditRecord } from '../../../journal/journal.ts';
import type { Lab } from '../../../lab/lab.ts';
import type { Audit } from '../../audit.ts';
import { auditEach } from '../../audit-each.ts';
import { untilPass } from '../../until-pass.ts';
import type { EcmpRouter } from '../findings/ecmp-facts.ts';
import { notSpread } from '../findings/not-spread.ts';
import { routesOf } from './router-routes.ts';

const NAME = 'next-hops';
/** A check that has to rise, BGP's start. */
const SETTLE_MS = 8000;
const LOOK_AGAIN_MS = 500;

const KNOWN = new WeakMap<Lab, readonly EcmpRouter[]>();

/** Has the audit know the routers of a lab. */
export function auditRouters(lab: Lab, routers: readonly EcmpRouter[]): void {
  KNOWN.set(lab, routers);
}

/** Every router has a route to all that announce. */
export const nextHopsAudit: Audit = {
  name: NAME,
  summary: 'every router that spreads an address has a route to all that announce it',
  run: ({ lab }) =>
    auditEach(
      NAME,
      KNOWN.get(lab) ?? [],
      ({ node }) => `router '${node}'`,
      (router) => untilPass(SETTLE_MS, LOOK_AGAIN_MS, async () => ({ record: await look(lab, router) })),
    ),
};

async function look(lab: Lab, router: EcmpRouter): Promise<AuditRecord> {
  const routes = await routesOf(lab, lab.node(router.node));
  if (!routes) {
    const detail = `the kernel of '${router.node}' does not say what routes it has`;
    return { name: NAME, verdict: 'unknown', detail };
  }
  const why = notSpread(router, routes, []);
  const all = router.announcers.map(({ node }) => node).join(', ');
  return why === undefined
    ? { name: NAME, verdict: 'pass', detail: `'${router.node}' has a route to ${all}` }
    : { name: NAME, verdict: 'fail', detail: why };
}
