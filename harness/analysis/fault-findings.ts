import { type FaultSpan, faultSpans } from '../evidence/fault-spans.ts';
import type { Records } from '../evidence/records.ts';
import type { Wire } from '../evidence/wire.ts';
import type { FaultFacts, TrialFacts, TrialWindows } from '../journal/trial-facts.ts';
import type { AddressAnswers } from '../observe/address-answers.ts';
import { type ClustersFindings, clustersFindings } from '../systems/pacemaker/findings/clusters.ts';
import { type RouterFindings, routerFindings } from '../systems/vrrp/findings/virtual-router.ts';
import { addressAnswers } from './who-answers.ts';

/** One fault of a trial, and who is to see the frames of its stretch. */
export interface FaultWatch {
  span: FaultSpan;
  answers: AddressAnswers;
}

/** What one fault of a trial did to its virtual routers and clusters. */
export interface FaultFindings {
  span: FaultSpan;
  routers: RouterFindings[];
  /** undefined where there is no cluster. */
  clusters: ClustersFindings | undefined;
}

/** Of a trial whose facts do not say what was broken. */
const UNKNOWN_FAULT: Omit<FaultFacts, 'before_ns' | 'after_ns'> = { label: '', stops_forwarding: false };

/** Every fault with what has to be looked for in the captures; at least one. */
export function faultWatches(facts: TrialFacts, windows: TrialWindows): FaultWatch[] {
  const { fault_ns } = windows;
  const spans = faultSpans(facts, windows);
  const unknown = { ...UNKNOWN_FAULT, before_ns: fault_ns, after_ns: fault_ns };
  const all = spans.length > 0 ? spans : [{ fault: unknown, number: 1, windows }];
  return all.map((span, at) => ({
    span,
    answers:
      at === 0
        ? addressAnswers(facts, windows)
        : addressAnswers(ownersAt(facts, span.fault), span.windows, span.fault.before_ns),
  }));
}

/** @param watches have seen every frame. */
export function faultFindings(
  facts: TrialFacts,
  files: Records,
  watches: readonly FaultWatch[],
  wire: Wire,
): FaultFindings[] {
  const spans = watches.map(({ span }) => span);
  return watches.map(({ span, answers }, at) => {
    const own = at === 0 ? facts : { ...ownersAt(facts, span.fault), fault: span.fault };
    return {
      span,
      routers: own.routers.map((router) => routerFindings(router, own, wire, span.windows, answers)),
      clusters: clustersFindings(facts, files, { wire, answers }, span, spans.slice(0, at)),
    };
  });
}

/** The same with the owners that the virtual routers had when a fault was applied. */
function ownersAt(facts: TrialFacts, fault: FaultFacts): TrialFacts {
  const routers = facts.routers.map(({ owner: _, ...router }) => {
    const owner = fault.owners?.[router.name];
    return { ...router, ...(owner === undefined ? {} : { owner }) };
  });
  return { ...facts, routers };
}
