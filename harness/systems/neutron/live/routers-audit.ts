import type { Audit } from '../../audit.ts';
import { auditEach } from '../../audit-each.ts';
import { controlOf, routersOf } from './deployment.ts';
import { NeutronApi } from './neutron-api.ts';
import { routerLack } from './router-lack.ts';
import { holdersOf } from './routers.ts';

const NAME = 'neutron-routers';

/** Every router of Neutron has one primary, and runs where it is bound to. */
export const routersAudit: Audit = {
  name: NAME,
  summary:
    'each router of Neutron has one primary, and in each place that it is bound to keepalived runs and can hear the others',
  run: async ({ lab }) => {
    const control = controlOf(lab);
    if (!control) return [];
    const api = new NeutronApi(lab, control);
    return auditEach(
      NAME,
      await routersOf(lab),
      ({ name }) => `router '${name}'`,
      async (router) => {
        const holders = await holdersOf(lab, router);
        const lack = await routerLack(lab, api, router, holders);
        const well = `router '${router.name}' is primary on ${holders[0]?.name}, and runs where it is bound to`;
        return { name: NAME, verdict: lack === undefined ? 'pass' : 'fail', detail: lack ?? well };
      },
    );
  },
};
