import type { AuditRecord } from '../../../journal/journal.ts';
import type { RouterAdvert } from '../../../lab/agent-shapes.ts';
import type { Look } from '../../until-pass.ts';

/** What was seen of the members of a virtual router of IPv6 after a trial. */
export interface RouterAdvertsSeen {
  vip: string;
  /** Who holds its address. */
  holders: readonly string[];
  /** What they sent when hosts asked. */
  adverts: readonly RouterAdvert[];
  /** Somebody sent some before the fault. */
  sent_before: boolean;
}

export const NAME = 'router-adverts';

/**
 * Whether hosts are told of the master as their router, and of nobody else (RFC 9568 §8.2.3: only the active router sends
 * router advertisements). Those with a lifetime of 0 name no default router.
 * @returns undefined where router advertisements are not in use.
 */
export function judgeRouterAdverts(
  router: string,
  { vip, holders, adverts, sent_before }: RouterAdvertsSeen,
): Look | undefined {
  const naming = adverts.filter(({ lifetime_s }) => lifetime_s > 0);
  if (naming.length === 0 && !sent_before) return undefined;
  const look = (verdict: AuditRecord['verdict'], words: string): Look => ({
    record: { name: NAME, verdict, detail: `virtual router '${router}': ${words}` },
  });
  const [holder] = holders;
  if (holder === undefined || holders.length > 1) {
    const held = `${vip} is held by ${holders.join(' and ') || 'nobody'}`;
    return look(
      'fail',
      `${held}, ${naming.length > 0 ? sentBy(naming) : 'nobody'} sends router advertisements`,
    );
  }
  const strays = naming.filter(({ node }) => node !== holder);
  if (strays.length > 0) {
    const who = `${sentBy(strays)} ${verb(strays)} router advertisements though ${holder} holds ${vip}`;
    return look('fail', `${who}: hosts take a backup for their router`);
  }
  if (naming.length === 0) {
    const none = `${holder} holds ${vip} and sends no router advertisements, which were sent before the fault`;
    return look('fail', `${none}: hosts lose their default route when its lifetime is over`);
  }
  return look('pass', `only ${sentBy(naming)} sends router advertisements`);
}

/** `r1 (fe80::1)`, each node once. */
function sentBy(adverts: readonly RouterAdvert[]): string {
  return [...new Set(adverts.map(({ node }) => node))]
    .map((node) => {
      const sources = adverts.filter((one) => one.node === node).map(({ source }) => source);
      return `${node} (${[...new Set(sources)].join(', ')})`;
    })
    .join(' and ');
}

function verb(adverts: readonly RouterAdvert[]): string {
  return new Set(adverts.map(({ node }) => node)).size === 1 ? 'sends' : 'send';
}
