import type { FrameWatch } from '../../../evidence/frame-watch.ts';
import type { RouterFacts } from '../../../journal/trial-facts.ts';
import type { AddressAnswers } from '../../../observe/address-answers.ts';
import { CarriedPorts } from '../../../observe/carried-ports.ts';
import { ForwardingCollector } from '../../../observe/forwarding.ts';
import type { Frame } from '../../../observe/frame.ts';
import { RouterAdvertisementCollector } from '../../../observe/router-advertisement.ts';
import { RouterUses } from '../../../observe/router-use.ts';
import { VrrpCollector } from '../../../observe/vrrp-events.ts';
import { answersSince } from '../../shared-address.ts';
import type { Evidence, SystemAnalysis, SystemFindings, TrialScene } from '../../system-analysis.ts';
import { asItHits, cutOffOf, isolatedBy } from './cut-off.ts';
import { handedOverRatio, handoverNote } from './handover.ts';
import { routerAdvertMoments } from './router-advert-moments.ts';
import { causesOf } from './router-causes.ts';
import { memberInstances, ownEvents } from './router-instances.ts';
import { fillingMoments, ownerMoments, routerMoments } from './router-moments.ts';
import { ofRouters } from './router-parts.ts';
import { routerRows } from './router-rows.ts';
import { disturbedBy, type RouterStretch, routerStretch } from './router-stretch.ts';
import { routerTaking } from './router-taking.ts';
import { type Split, splitNotes, splitOf } from './split.ts';
import { takeoverMetrics, takeoverOf } from './takeover.ts';
import { takeoversIn } from './takeovers-in.ts';
import { ofUntouched } from './untouched.ts';
import { type RouterFindings, type RoutersOnWire, routerFindings } from './virtual-router.ts';
import { commitWindows, WindowTraffic } from './window-traffic.ts';

type Routers = readonly RouterFacts[];

/** What the captures show of virtual routers. */
class RoutersWatch implements FrameWatch {
  readonly #adverts = new VrrpCollector();
  readonly #forwarding: ForwardingCollector;
  readonly #carried: CarriedPorts;
  readonly router_adverts = new RouterAdvertisementCollector();
  /** Before the sessions were in a new master's table. */
  readonly window: WindowTraffic;
  readonly uses: RouterUses;
  /** Of each fault, from the moments on at which the addresses were taken. */
  readonly answers: readonly AddressAnswers[];

  constructor(
    forwarding: ForwardingCollector,
    carried: CarriedPorts,
    window: WindowTraffic,
    uses: RouterUses,
    answers: readonly AddressAnswers[],
  ) {
    this.window = window;
    this.#forwarding = forwarding;
    this.uses = uses;
    this.#carried = carried;
    this.answers = answers;
  }

  take(frame: Frame, segment: string): void {
    this.#adverts.take(frame, segment);
    this.#forwarding.take(frame);
    this.#carried.take(frame);
    this.router_adverts.take(frame);
    this.window.take(frame, segment);
    this.uses.take(frame, segment);
    for (const one of this.answers) one.take(frame);
  }

  result(): RoutersOnWire {
    return { vrrp: this.#adverts.result(), forwarding: this.#forwarding, carried: this.#carried };
  }
}

export const vrrpAnalysis: SystemAnalysis<Routers, RoutersWatch> = {
  factsOf: ({ routers }) => (routers.length > 0 ? routers : undefined),
  listen: (scene) => {
    const { facts, windows, ports } = scene;
    const of = (wanted: 'udp' | 'tcp') =>
      ports.flatMap(({ protocol, port }) => (protocol === wanted ? [port] : []));
    const macs = facts.flatMap(({ members }) => members.flatMap((member) => member.macs));
    const since_ns = windows.fault_ns;
    return new RoutersWatch(
      new ForwardingCollector({ ports: of('udp'), tcp_ports: of('tcp'), macs, since_ns }),
      new CarriedPorts(ports, macs),
      new WindowTraffic(commitWindows(stretchesOfFirst(scene), scene.trial), ports),
      new RouterUses(facts.map(usedRouter), ports),
      scene.faults.map((_, at) => answersOf(scene, at)),
    );
  },
  analyse: (evidence) => {
    const { faults, at, windows, clients, watch } = evidence;
    const span = faults[at]!;
    const found = foundAt(evidence, at);
    const adverts = watch.router_adverts.result();
    const steps = found.flatMap((one) => [
      // What was seen with the next fault is of that one.
      ...routerMoments(one, windows).filter(({ at_ns }) => at_ns < one.next_ns),
      ...routerAdvertMoments(one, adverts, one.windows),
      // Who got and lost an address is followed through the whole trial, once.
      ...(at === 0 ? ownerMoments(one, span.fault, windows) : []),
    ]);
    const watched = at === 0 ? windows : span.windows;
    const own: SystemFindings = {
      ...(found.length > 0 ? ofRouters(found, span, watched) : {}),
      moments: steps,
      causes: causesOf(found, span),
    };
    const splits = at === 0 ? splitsOf(found, evidence) : [];
    const has_rows = found.length > 1 || splits.some((split) => split !== undefined);
    const rows = has_rows ? { rows: routerRows(found, span, watched, clients, splits) } : {};
    return at === 0 ? withTakeover({ ...own, ...rows }, found, evidence, splits) : { ...own, ...rows };
  },
};

function stretchesOfFirst(scene: TrialScene<Routers>): RouterStretch[] {
  return scene.facts.flatMap((one) => stretchOf(one, scene, 0) ?? []);
}

function stretchOf(router: RouterFacts, { trial, faults, windows }: TrialScene<Routers>, at: number) {
  return routerStretch(router, faults, at, { windows, address_events: trial.address_events });
}

function usedRouter({ name, vip, members }: RouterFacts) {
  return { name, address: vip, macs: members.flatMap(({ macs }) => macs) };
}

/** What became of the routers with one of the faults, of those that had an owner when it was applied. */
function foundAt(evidence: Evidence<Routers, RoutersWatch>, at: number): RouterFindings[] {
  const { facts, trial, faults, watch, clients } = evidence;
  const { address_events } = trial;
  const seen = watch.result();
  return facts.flatMap((one) => {
    const stretch = stretchOf(one, evidence, at);
    if (!stretch) return [];
    const { router, windows, next_ns } = stretch;
    const isolated = isolatedBy(faults[at]!.fault, router);
    const cut = cutOffOf(router, [...(evidence.cut_wires?.[at] ?? []), ...isolated]);
    const taken = routerTaking(router, address_events, windows, faults[at]!.fault.before_ns) !== undefined;
    const fault = asItHits(faults[at]!.fault, cut, taken, isolated.length > 0);
    const found = routerFindings(router, { address_events, fault }, seen, windows, {
      answers: watch.answers[at],
      asked_at: clients.some(({ address }) => address === one.vip),
      next_ns,
    });
    return [{ ...withoutBounds(found, disturbedBy(stretch, found.address_ns)), cut }];
  });
}

/** A bound counts from one fault, and holds while there is no other. */
function withoutBounds(found: RouterFindings, why: string | undefined): RouterFindings {
  if (why === undefined) return found;
  const known = Object.keys({ ...found.bounds, ...found.missing_bounds });
  return { ...found, bounds: {}, missing_bounds: Object.fromEntries(known.map((metric) => [metric, why])) };
}

/** Of each router, how it had two owners at once; undefined of those that had not. */
function splitsOf(
  found: readonly RouterFindings[],
  { windows, watch }: Evidence<Routers, RoutersWatch>,
): (Split | undefined)[] {
  const { vrrp } = watch.result();
  return found.map((one) => {
    if (one.holding.shared.length === 0) return undefined;
    const { adverts } = ownEvents(vrrp, one.router, memberInstances(one.router));
    return splitOf(one, { adverts, uses: watch.uses }, windows);
  });
}

/** Of the first fault: where the time of the takeover went, and what is of the whole trial. */
function withTakeover(
  own: SystemFindings,
  found: readonly RouterFindings[],
  evidence: Evidence<Routers, RoutersWatch>,
  splits: readonly (Split | undefined)[],
): SystemFindings {
  const { trial, wire, windows, faults, outage, clients, watch } = evidence;
  const droppedBy = (node: string) => watch.window.dropped(node);
  const takeover = takeoverOf(found, trial, wire, outage, droppedBy);
  const served_ns = takeover?.router.answer_ns;
  const each = faults.map(({ fault }, at) => ({
    found: at === 0 ? found : foundAt(evidence, at),
    victims: fault.victims ?? [],
  }));
  const spared = ofUntouched(each, clients);
  const handover = trial.conntrack_handovers?.find(({ router }) => router === takeover?.router.router.name);
  const handed_over = handover && handedOverRatio(handover);
  const stale = splits.flatMap((split) => split?.stale_ms ?? []);
  return {
    ...own,
    metrics: {
      ...own.metrics,
      ...spared.metrics,
      'vip.takeovers': takeoversIn(found),
      ...(takeover && takeoverMetrics(takeover, windows)),
      ...(handed_over === undefined ? {} : { 'conntrack.handed_over_ratio': handed_over }),
      ...(stale.length > 0 ? { 'rejoin.stale_neighbour_ms': Math.max(...stale) } : {}),
    },
    missing_metrics: { ...own.missing_metrics, ...spared.missing_metrics },
    moments: [...(own.moments ?? []), ...fillingMoments(takeover?.filling)],
    notes: [
      ...(takeover?.unclear ?? []),
      ...(trial.conntrack_handovers ?? []).flatMap((one) => handoverNote(one) ?? []),
      ...found.flatMap(({ notes }) => notes),
      ...found.flatMap((one) => splitNotes(one, windows)),
    ],
    most_overslept_ms: Math.min(...found.flatMap(({ advert_ms }) => advert_ms ?? [])),
    ...(served_ns === undefined ? {} : { served_ns }),
  };
}

/** With the first fault an address may be taken until the healing of all, with a later one in its own stretch. */
function answersOf(scene: TrialScene<Routers>, at: number): AddressAnswers {
  const { facts, trial, windows, faults } = scene;
  return answersSince(
    facts.flatMap((one) => {
      const stretch = stretchOf(one, scene, at);
      if (!stretch) return [];
      const [until, since_ns] =
        at === 0 ? [windows, -Infinity] : [stretch.windows, faults[at]!.fault.before_ns];
      return [[one.vip, routerTaking(stretch.router, trial.address_events, until, since_ns)] as const];
    }),
  );
}
