import type { RouterFindings } from './virtual-router.ts';

/**
 * How often an address came to another node than the one that got it last, of all routers together. A node that gets
 * back what it lost takes nothing over.
 */
export function takeoversIn(found: readonly Pick<RouterFindings, 'router' | 'changes'>[]): number {
  return found.reduce((sum, { router, changes }) => {
    const added = changes.filter(({ change }) => change === 'added').map(({ node }) => node);
    return sum + added.filter((node, at) => node !== (at === 0 ? router.owner : added[at - 1])).length;
  }, 0);
}
