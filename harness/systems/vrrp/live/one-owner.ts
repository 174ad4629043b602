import type { Audit } from '../../audit.ts';
import { auditEach } from '../../audit-each.ts';
import { holdersOf, virtualRouters } from './virtual-routers.ts';

const NAME = 'one-owner';

/** Exactly one node holds each virtual address (RFC 5798 §1.3: one Virtual Router Master). */
export const oneOwner: Audit = {
  name: NAME,
  summary: 'exactly one node holds each virtual address',
  run: ({ lab }) =>
    auditEach(
      NAME,
      virtualRouters(lab),
      (router) => `virtual router '${router.name}'`,
      async (router) => {
        const holders = (await holdersOf(lab, router)).map((node) => node.name);
        return {
          name: NAME,
          verdict: holders.length === 1 ? 'pass' : 'fail',
          detail: `${router.vip} is held by ${holders.length === 0 ? 'nobody' : holders.join(' and ')}`,
        };
      },
    ),
};
