import type { RouterFacts } from '../../../journal/trial-facts.ts';
import { priorityRange, type VrrpInstance } from '../config/vrrp-instance.ts';
import { type MemberInstance, memberInstances } from '../findings/router-instances.ts';
import { longestMasterDownMs } from '../findings/vrrp-bounds.ts';

/** A daemon wakes, and news of its address comes, so much later than its timer says, at most, in ms. */
const SLACK_MS = 500;
/** From a node's start to its daemon's timers: boot, wires, keepalived's own start, in ms. */
const START_MS = 6000;
/** Where no timer is known: Master_Down of the defaults (RFC 5798 §6.1: 1 s, priority 100), in ms. */
const DEFAULT_MASTER_DOWN_MS = 3609;

/** The members of a virtual router that may act by themselves, with what they wait for. */
export interface RouterTimers {
  /** The interval that the owner advertises, in ms; 0 when it is not known. */
  advert_ms: number;
  /** The longest time until another member takes itself for master that hears nothing from now on, in ms. */
  second_owner_ms: number;
  /**
   * The member that will take the address from another one as soon as it may, and when at the latest after its start;
   * not sure where the weights of what it tracks decide.
   */
  failback: { node: string; within_ms: number; sure: boolean } | undefined;
  /** Every member's instance is known. */
  known: boolean;
}

/**
 * What the members' timers say, with `owner` as the master. A member preempts when its priority is higher than the
 * owner's and it has no other setting (RFC 5798 §6.4.2); it waits for its preempt delay and then for Master_Down.
 */
export function routerTimers(router: RouterFacts, owner = router.owner): RouterTimers {
  const members = memberInstances(router);
  const of = (node: string | undefined) => members.find((one) => one.node === node)?.instance;
  const master = of(owner);
  const advert_ms = master?.advert_int_ms ?? 0;
  const others = members.filter(({ node }) => node !== owner);
  const waits = others.map(({ instance }) => waitMs(instance, advert_ms));
  return {
    advert_ms,
    second_owner_ms: Math.max(0, ...waits) + (others.length > 0 ? SLACK_MS : 0),
    failback: failbackOf(others, master, advert_ms),
    known: members.every(({ instance }) => instance !== undefined),
  };
}

function waitMs(instance: VrrpInstance | undefined, advert_ms: number): number {
  return instance
    ? longestMasterDownMs(instance, advert_ms || instance.advert_int_ms)
    : DEFAULT_MASTER_DOWN_MS;
}

function failbackOf(
  others: readonly MemberInstance[],
  master: VrrpInstance | undefined,
  advert_ms: number,
): RouterTimers['failback'] {
  if (!master) return undefined;
  const rivals = others.flatMap(({ node, instance }) =>
    instance && !instance.nopreempt && priorityRange(instance).high > priorityRange(master).low
      ? [
          {
            node,
            within_ms: START_MS + instance.preempt_delay_ms + waitMs(instance, advert_ms) + SLACK_MS,
            sure: priorityRange(instance).low > priorityRange(master).high,
          },
        ]
      : [],
  );
  return rivals.toSorted((a, b) => b.within_ms - a.within_ms)[0];
}
