import type { Moment } from '../../../evidence/moment.ts';
import { type LabTime, msFromNs, NS_PER_MS } from '../../../ground/time.ts';
import type { Bound, MetricPart } from '../../../journal/journal.ts';
import type { AddressEvent } from '../../../journal/trial-facts.ts';
import { type CreationBound, creationBound, creationRedundancyBound } from './creation-bound.ts';
import type { RouterRequestFacts } from './l3-facts.ts';
import { requestNotes } from './request-words.ts';

interface Found {
  metrics: Record<string, number>;
  bounds: Record<string, Bound>;
  /** Metric to the reason why it has no bound, or no value. */
  missing_bounds: Record<string, string>;
  missing_metrics: Record<string, string>;
  parts: Record<string, readonly MetricPart[]>;
  moments: Moment[];
  notes: string[];
}

/** The `l3.*` metrics of what was asked of the server. @param events of all addresses, from the first fault on. */
export function requestFindings(
  requests: readonly RouterRequestFacts[],
  events: readonly AddressEvent[],
): Found {
  const creations = requests.filter(({ kind }) => kind === 'create');
  const created = creations.filter(({ refusal }) => refusal === undefined);
  const deleted = requests.filter(({ kind }) => kind === 'delete');
  const found: Found = {
    metrics: {},
    bounds: {},
    missing_bounds: {},
    missing_metrics: {},
    parts: {},
    moments: requests.flatMap((one) => momentsOf(one, events)),
    notes: requests.flatMap(requestNotes),
  };
  if (creations.length > 0) {
    found.metrics['l3.created'] = created.length;
    found.metrics['l3.refused'] = creations.length - created.length;
  }
  if (created.length > 0) {
    found.metrics['l3.created_replicas'] = sum(created.map(({ hosts }) => hosts.length));
    addCount(found, 'l3.without_standby', created, ({ redundant }) => (redundant ? 0 : 1));
    addLongest(
      found,
      'l3.created_ms',
      created.map((one) => firstOwner(one, events)),
    );
    const replicated = created.filter(({ hosts }) => hosts.length > 1);
    addLongest(
      found,
      'l3.created_redundant_ms',
      replicated.map((one) => redundancy(one, events)),
    );
  }
  if (deleted.length > 0) {
    found.metrics['l3.deleted'] = deleted.length;
    addCount(found, 'l3.left_behind', deleted, ({ left }) => left.length);
    addLongest(
      found,
      'l3.deleted_ms',
      deleted.map((one) => ending(one, events)),
    );
  }
  return found;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

type Seen = NonNullable<RouterRequestFacts['seen']>;

/** Known where every one of them was looked at. */
function addCount(
  found: Found,
  metric: string,
  of: readonly RouterRequestFacts[],
  count: (seen: Seen) => number,
): void {
  const unseen = of.filter(({ seen }) => !seen);
  if (unseen.length === 0) found.metrics[metric] = sum(of.map(({ seen }) => count(seen!)));
  else
    found.missing_metrics[metric] = unseen
      .map(({ router, trouble }) => `router '${router}': ${trouble ?? 'it was not looked at'}`)
      .join('; ');
}

/** The longest of them with its own bound; not known where one of them is not. */
function addLongest(found: Found, metric: string, parts: readonly MetricPart[]): void {
  if (parts.length > 1) found.parts[metric] = parts;
  const unknown = parts.filter(({ value }) => value === undefined);
  const [most] = parts.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0));
  if (!most) return;
  if (unknown.length > 0) {
    found.missing_metrics[metric] = unknown.map(({ of, missing }) => `router '${of}': ${missing}`).join('; ');
    return;
  }
  found.metrics[metric] = most.value!;
  if (most.bound) found.bounds[metric] = most.bound;
  else if (most.missing !== undefined) found.missing_bounds[metric] = `router '${most.of}': ${most.missing}`;
}

function changesOf(
  { vip, at_ns, undone_ns = Infinity }: RouterRequestFacts,
  events: readonly AddressEvent[],
) {
  return events.filter((one) => one.address === vip && one.at_ns >= at_ns && one.at_ns < undone_ns);
}

function ownerOf(request: RouterRequestFacts, events: readonly AddressEvent[]): AddressEvent | undefined {
  return changesOf(request, events).find(({ change }) => change === 'added');
}

function firstOwner(request: RouterRequestFacts, events: readonly AddressEvent[]): MetricPart {
  const { router, at_ns, vip } = request;
  const owner = ownerOf(request, events);
  if (!owner) return { of: router, missing: `no node got ${vip}` };
  return partOf(router, owner.at_ns - at_ns, creationBound(request, owner.node));
}

function redundancy(request: RouterRequestFacts, events: readonly AddressEvent[]): MetricPart {
  const { router, at_ns, redundant_ns } = request;
  if (redundant_ns === undefined)
    return { of: router, missing: 'it was never seen with its standbys in place' };
  const owner = ownerOf(request, events);
  const bound = owner
    ? creationRedundancyBound(request, owner.node)
    : { missing: 'nobody was seen to own it' };
  return partOf(router, redundant_ns - at_ns, bound);
}

/** When the last node lost the address, after which nobody got it again. */
function ending(request: RouterRequestFacts, events: readonly AddressEvent[]): MetricPart {
  const { router, at_ns, vip, holders } = request;
  const holding = new Set(holders);
  let last_ns: LabTime | undefined = holders.length === 0 ? at_ns : undefined;
  for (const { node, change, at_ns: moment } of changesOf(request, events)) {
    if (change === 'added') holding.add(node);
    else holding.delete(node);
    last_ns = holding.size === 0 ? (last_ns ?? moment) : undefined;
  }
  if (last_ns === undefined)
    return { of: router, missing: `${[...holding].join(' and ')} held ${vip} to the end` };
  return partOf(router, last_ns - at_ns, {
    missing:
      'keepalived removes its addresses at SIGTERM without waiting for a timer: only the machine bounds it',
  });
}

function partOf(of: string, value_ns: LabTime, known: CreationBound): MetricPart {
  const value = msFromNs(value_ns);
  return 'bound' in known ? { of, value, bound: known.bound } : { of, value, missing: known.missing };
}

function momentsOf(request: RouterRequestFacts, events: readonly AddressEvent[]): Moment[] {
  const { kind, router, at_ns, hosts, refusal, redundant_ns } = request;
  const moment = (at: LabTime, detail: string): Moment => ({ at_ns: at, event: 'system', detail });
  if (refusal !== undefined) return [moment(at_ns, refusal)];
  if (kind === 'delete') {
    const { value } = ending(request, events);
    return value === undefined
      ? []
      : [moment(at_ns + value * NS_PER_MS, `nobody holds the address of router '${router}' any more`)];
  }
  const owner = ownerOf(request, events);
  return [
    moment(at_ns, `router '${router}' is placed on ${hosts.join(' and ')}`),
    ...(owner ? [moment(owner.at_ns, `router '${router}' has its first owner: ${owner.node}`)] : []),
    ...(redundant_ns === undefined
      ? []
      : [moment(redundant_ns, `router '${router}' has its standbys in place`)]),
  ];
}
