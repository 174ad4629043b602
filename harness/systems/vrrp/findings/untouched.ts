import { portWord } from '../../../observe/carried-ports.ts';
import type { ClientFindings } from '../../system-analysis.ts';
import type { RouterFindings } from './virtual-router.ts';

interface Spared {
  metrics: Record<string, number>;
  missing_metrics: Record<string, string>;
}

/** What of a probe counts as lost, of those that measure it. */
const LOSSES = {
  'untouched.lost_datagrams': { what: 'UDP', of: ({ lost }) => lost },
  'untouched.lost_sessions': {
    what: 'TCP',
    of: ({ sessions, survived }) =>
      sessions === undefined || survived === undefined ? undefined : sessions - survived,
  },
} satisfies Record<string, { what: string; of: (metrics: ClientFindings['metrics']) => number | undefined }>;

type Asked = Pick<RouterFindings, 'ports'> & { router: Pick<RouterFindings['router'], 'vip'> };

/**
 * The probes that ask through one of several routers. Who asks at the address of one of them asks that one alone, whatever
 * else goes by its members.
 */
export function clientsOf(
  found: Asked,
  all: readonly Asked[],
  clients: readonly ClientFindings[],
): ClientFindings[] {
  const ports = new Set(found.ports?.map(portWord));
  return clients.filter(({ port, address }) => {
    const at = all.find(({ router: { vip } }) => vip === address);
    return at ? at.router.vip === found.router.vip : ports.has(portWord(port));
  });
}

/**
 * What the routers lost whose owners no fault of the trial touched: it must be nothing. Each must have a probe that asks
 * through it, whose own nodes were not touched either; else it is not known, and named.
 * @param each of the faults: what it did to the routers, and the nodes that it took part of.
 * @param clients what the probes found in the whole trial.
 */
export function ofUntouched(
  each: readonly { found: readonly RouterFindings[]; victims: readonly string[] }[],
  clients: readonly ClientFindings[],
): Spared {
  const [first] = each;
  if (!first || first.found.length < 2) return { metrics: {}, missing_metrics: {} };
  const whole = first.found.filter(({ router: { name } }) =>
    each.every(({ found }) => found.find((one) => one.router.name === name)?.touched === false),
  );
  const others = first.found.filter((one) => !whole.includes(one));
  const spared: Spared = { metrics: { 'untouched.routers': whole.length }, missing_metrics: {} };
  const hit = new Set(each.flatMap(({ victims }) => victims));
  const disturbed = new Set(others.flatMap((one) => clientsOf(one, first.found, clients)));
  for (const [metric, { what, of }] of Object.entries(LOSSES)) {
    const losses = whole.map((one) => {
      const own = clientsOf(one, first.found, clients).filter(
        (client) => !disturbed.has(client) && client.nodes.every((node) => !hit.has(node)),
      );
      return { name: one.router.name, lost: own.flatMap(({ metrics }) => of(metrics) ?? []) };
    });
    const unseen = losses.filter(({ lost }) => lost.length === 0).map(({ name }) => name);
    const sum = losses.flatMap(({ lost }) => lost).reduce((total, lost) => total + lost, 0);
    // What was lost was lost, whatever else is not known.
    if (whole.length > 0 && (unseen.length === 0 || sum > 0)) spared.metrics[metric] = sum;
    else spared.missing_metrics[metric] = whyUnknown(what, unseen);
  }
  return spared;
}

function whyUnknown(what: string, unseen: readonly string[]): string {
  return unseen.length === 0
    ? 'the faults touched every virtual router'
    : `no ${what} probe that was not disturbed itself asks through ${unseen.join(', ')}`;
}
