import { seconds } from '../../../ground/bound-arithmetic.ts';
import { InputError } from '../../../ground/errors.ts';
import type { Bound } from '../../../journal/journal.ts';
import { priorityRange, type VrrpInstance } from '../../vrrp/config/vrrp-instance.ts';
import { type MemberInstance, memberInstances } from '../../vrrp/findings/router-instances.ts';
import { masterDownMs } from '../../vrrp/findings/vrrp-bounds.ts';
import type { RouterRequestFacts } from './l3-facts.ts';

/**
 * From the request to keepalived's timer: the decision, conntrackd's start and keepalived's. Neither has a timer in that;
 * it is the machine's. The same again for a standby, its first advertisement (one interval) beside it.
 */
const START_MS = 2000;

/** What the configuration allows for a creation, or why that is not known. */
export type CreationBound = { bound: Bound } | { missing: string };

/**
 * From the request to the first owner. keepalived's instance begins as BACKUP, hears nobody, and waits Master_Down
 * (RFC 5798 §6.4.1: in state Initialize it sets Master_Down_Timer and goes to Backup).
 * @param node that became the first owner.
 */
export function creationBound(facts: RouterRequestFacts, node: string): CreationBound {
  const known = ownerInstance(facts, node);
  if ('missing' in known) return known;
  return bounded(known.instance, (down_ms) => ({
    low: down_ms,
    high: down_ms + START_MS,
    from: `VRRPv${known.instance.version}: Master_Down ${seconds(down_ms)}, as nobody is heard, + ${seconds(START_MS)} to start the first replica`,
  }));
}

/**
 * From the request to the standbys being in place: hadrill has them start when the first one is active, so that the order
 * is what it is to be. Neutron's agents start theirs at once, side by side.
 */
export function creationRedundancyBound(facts: RouterRequestFacts, node: string): CreationBound {
  const known = ownerInstance(facts, node);
  if ('missing' in known) return known;
  const { advert_int_ms } = known.instance;
  return bounded(known.instance, (down_ms) => ({
    low: down_ms,
    high: down_ms + START_MS + START_MS + advert_int_ms,
    from: `VRRPv${known.instance.version}: Master_Down ${seconds(down_ms)} + ${seconds(START_MS)} to start the first replica + ${seconds(START_MS)} to start the others + one advert of ${seconds(advert_int_ms)}`,
  }));
}

function bounded(instance: VrrpInstance, of: (down_ms: number) => Bound): CreationBound {
  const { version, advert_int_ms: advert_ms, down_timer_adverts } = instance;
  const { high: priority } = priorityRange(instance);
  try {
    return { bound: of(masterDownMs({ version, advert_ms, down_timer_adverts, priority })) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { missing: error.message };
  }
}

function ownerInstance(
  { vrid, vip, seen }: RouterRequestFacts,
  node: string,
): { instance: VrrpInstance } | { missing: string } {
  const members = seen?.member_conf ?? [];
  const found: MemberInstance | undefined = memberInstances({ vrid, vip, members }).find(
    (one) => one.node === node,
  );
  if (!found?.instance) return { missing: found?.why ?? `what keepalived of ${node} runs with was not read` };
  const conf = members.find((member) => member.node === node)?.keepalived_conf;
  const why = notFollowed(found.instance, conf);
  return why === undefined ? { instance: found.instance } : { missing: `${node}: ${why}` };
}

/** What makes a fresh instance wait for something else than Master_Down, by its name in keepalived.conf(5). */
function notFollowed(instance: VrrpInstance, conf: string | undefined): string | undefined {
  const { state, priority, tracks, sync_group, name } = instance;
  if (conf === undefined) return 'its keepalived.conf could not be read, so vrrp_startup_delay is not known';
  if (/^\s*vrrp_startup_delay\b/m.test(conf)) return '`vrrp_startup_delay` is not followed at a start';
  if (state === 'MASTER') return `instance ${name} begins with \`state MASTER\`, which is not followed`;
  if (priority === 255) return `instance ${name} has priority 255, the address owner's: it does not wait`;
  if (sync_group !== undefined)
    return `instance ${name} is in \`vrrp_sync_group\` ${sync_group}, whose start is not followed`;
  const checked = tracks
    .filter(({ kind }) => kind !== 'interface')
    .map((track) => `${track.kind} ${track.name}`);
  return checked.length > 0
    ? `instance ${name} tracks ${checked.join(', ')}, whose first result at a start is not followed`
    : undefined;
}
