import { holdersOf, virtualRouters } from '../lab/virtual-routers.ts';
import type { Audit } from './audit.ts';

/** Exactly one node holds each virtual address (RFC 5798 §1.3: one Virtual Router Master). */
export const oneOwner: Audit = {
  name: 'one-owner',
  run: ({ lab }) =>
    Promise.all(
      virtualRouters(lab).map(async (router) => {
        const holders = (await holdersOf(lab, router)).map((node) => node.name);
        return {
          name: 'one-owner',
          verdict: holders.length === 1 ? 'pass' : 'fail',
          detail: `${router.vip} is held by ${holders.length === 0 ? 'nobody' : holders.join(' and ')}`,
        };
      }),
    ),
};
