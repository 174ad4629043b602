import type { SystemWatch } from '../../system-watch.ts';
import type { HaproxyFiles } from '../config/load-haproxy.ts';
import { type HaproxyFacts, noteFacts } from '../findings/haproxy-facts.ts';

/** The balancers of a lab in a trial: what they are configured with. */
export class BalancersWatch implements SystemWatch {
  readonly facts: HaproxyFacts;

  constructor(nodes: readonly HaproxyFiles[]) {
    this.facts = noteFacts(nodes);
  }
}
