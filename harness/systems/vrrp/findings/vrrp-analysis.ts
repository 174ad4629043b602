import type { FaultSpan } from '../../../evidence/fault-spans.ts';
import type { FrameWatch } from '../../../evidence/frame-watch.ts';
import type { RouterFacts, TrialWindows } from '../../../journal/trial-facts.ts';
import type { AddressAnswers } from '../../../observe/address-answers.ts';
import { ForwardingCollector } from '../../../observe/forwarding.ts';
import type { Frame } from '../../../observe/frame.ts';
import { VrrpCollector } from '../../../observe/vrrp-events.ts';
import { answersSince } from '../../shared-address.ts';
import type { Cause, Evidence, SystemAnalysis, SystemFindings, TrialScene } from '../../system-analysis.ts';
import { fillingMoments, ownerMoments, routerMoments } from './router-moments.ts';
import { routerTaking } from './router-taking.ts';
import { slowestRouter, takeoverMetrics, takeoverOf } from './takeover.ts';
import { type RouterFindings, type RoutersOnWire, routerFindings, routerMetrics } from './virtual-router.ts';

type Routers = readonly RouterFacts[];

/** What the captures show of virtual routers. */
class RoutersWatch implements FrameWatch {
  readonly #adverts = new VrrpCollector();
  readonly #forwarding: ForwardingCollector;
  /** Of each fault, from the moments on at which the addresses were taken. */
  readonly answers: readonly AddressAnswers[];

  constructor(forwarding: ForwardingCollector, answers: readonly AddressAnswers[]) {
    this.#forwarding = forwarding;
    this.answers = answers;
  }

  take(frame: Frame, segment: string): void {
    this.#adverts.take(frame, segment);
    this.#forwarding.take(frame);
    for (const one of this.answers) one.take(frame);
  }

  result(): RoutersOnWire {
    return { vrrp: this.#adverts.result(), forwarding: this.#forwarding };
  }
}

export const vrrpAnalysis: SystemAnalysis<Routers, RoutersWatch> = {
  factsOf: ({ routers }) => (routers.length > 0 ? routers : undefined),
  listen: (scene) => {
    const { facts, windows, ports } = scene;
    const forwarding = new ForwardingCollector({
      ports: ports.flatMap(({ protocol, port }) => (protocol === 'udp' ? [port] : [])),
      macs: facts.flatMap(({ members }) => members.flatMap(({ macs }) => macs)),
      since_ns: windows.fault_ns,
    });
    return new RoutersWatch(
      forwarding,
      scene.faults.map((span, at) => answersOf(scene, span, at)),
    );
  },
  analyse: (evidence) => {
    const { facts, trial, faults, at, windows, watch } = evidence;
    const span = faults[at]!;
    const { address_events } = trial;
    const seen = watch.result();
    const found = ownersAt(facts, span, at).map((router) =>
      routerFindings(router, { address_events, fault: span.fault }, seen, span.windows, watch.answers[at]),
    );
    const steps = found.flatMap((one) => [
      ...routerMoments(one, windows),
      // Who got and lost an address is followed through the whole trial, once.
      ...(at === 0 ? ownerMoments(one, span.fault, windows) : []),
    ]);
    const slowest = slowestRouter(found);
    const own: SystemFindings = {
      metrics: slowest ? routerMetrics(slowest, at === 0 ? windows : span.windows) : {},
      bounds: slowest?.bounds ?? {},
      missing_bounds: slowest?.missing_bounds ?? {},
      moments: steps,
      causes: causesOf(found, span),
    };
    return at === 0 ? withTakeover(own, found, evidence) : own;
  },
};

/** Of the first fault: where the time of the takeover went, and what is of the whole trial. */
function withTakeover(
  own: SystemFindings,
  found: readonly RouterFindings[],
  { trial, wire, windows, faults, outage }: Evidence<Routers, RoutersWatch>,
): SystemFindings {
  const takeover = takeoverOf(found, trial, wire, faults[0].windows, outage);
  const served_ns = takeover?.router.answer_ns;
  return {
    ...own,
    metrics: { ...own.metrics, ...(takeover && takeoverMetrics(takeover, windows)) },
    moments: [...(own.moments ?? []), ...fillingMoments(takeover?.filling)],
    notes: [...(takeover?.unclear ?? []), ...found.flatMap(({ notes }) => notes)],
    most_overslept_ms: Math.min(...found.flatMap(({ advert_ms }) => advert_ms ?? [])),
    ...(served_ns === undefined ? {} : { served_ns }),
  };
}

/** The same with the owners that they had when a later fault was applied. */
function ownersAt(routers: Routers, { fault }: FaultSpan, at: number): Routers {
  if (at === 0) return routers;
  return routers.map(({ owner: _, ...router }) => {
    const owner = fault.owners?.[router.name];
    return { ...router, ...(owner === undefined ? {} : { owner }) };
  });
}

/** With the first fault an address may be taken until the healing of all, with a later one until the next. */
function answersOf(
  { facts, trial, windows }: TrialScene<Routers>,
  span: FaultSpan,
  at: number,
): AddressAnswers {
  const [until, since_ns]: [TrialWindows, number] =
    at === 0 ? [windows, -Infinity] : [span.windows, span.fault.before_ns];
  return answersSince(
    ownersAt(facts, span, at).map(
      (router) => [router.vip, routerTaking(router, trial.address_events, until, since_ns)] as const,
    ),
  );
}

/**
 * What is lost behind an address alone, a balancer's process say, is back with the address. Where the victims stop
 * forwarding, all that is routed waits for the slowest.
 */
function causesOf(found: readonly RouterFindings[], { fault }: FaultSpan): Cause[] {
  const asked = fault.loss ? found : [];
  const slowest = fault.stops_forwarding ? slowestRouter(found) : undefined;
  return [
    ...asked.flatMap((one) => {
      const known = takeoverBound(one);
      return known
        ? [{ reaches: { kind: 'addresses', addresses: new Set([one.router.vip]) }, ...known } as const]
        : [];
    }),
    ...(slowest ? [{ reaches: { kind: 'routed' }, ...takeoverBound(slowest) } as const] : []),
  ];
}

function takeoverBound({ bounds, missing_bounds }: RouterFindings): Omit<Cause, 'reaches'> | undefined {
  const bound = bounds['vip.takeover_ms'];
  if (bound) return { bound };
  const missing = missing_bounds['vip.takeover_ms'];
  return missing === undefined ? undefined : { missing };
}
