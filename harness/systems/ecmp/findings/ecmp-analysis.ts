import type { Moment } from '../../../evidence/moment.ts';
import { type LabTime, msFromNs } from '../../../ground/time.ts';
import type { Evidence, SystemAnalysis, SystemFindings } from '../../system-analysis.ts';
import { type EcmpFacts, ecmpFactsOf, serviceAddresses } from './ecmp-facts.ts';
import { FlowWays, rehashed } from './flow-ways.ts';
import { causesOf, type Lost, lostWith, WITHDRAWN, withdrawalBounds } from './lost-announcers.ts';
import { nextHopRows } from './next-hop-rows.ts';
import { fewestNextHops, withdrawnAt } from './route-history.ts';

type EcmpEvidence = Evidence<EcmpFacts, FlowWays>;

export const ecmpAnalysis: SystemAnalysis<EcmpFacts, FlowWays> = {
  factsOf: ecmpFactsOf,
  listen: ({ facts }) => new FlowWays(facts.segments, serviceAddresses(facts)),
  analyse: (evidence) => {
    const { facts, faults, at } = evidence;
    const lost = lostWith(facts, faults[at]!.fault);
    const causes = causesOf(facts, lost, serviceAddresses(facts), faults.length > 1);
    const withdrawn = withdrawal(evidence, lost);
    return { ...withdrawn, causes, ...(at > 0 ? {} : wholeTrial(evidence, withdrawn)) };
  },
};

function withdrawal({ facts, faults, at, windows }: EcmpEvidence, lost: readonly Lost[]): SystemFindings {
  if (lost.length === 0) return {};
  const { fault_ns, heal_ns: until_ns } = faults[at]!.windows;
  const bounds = withdrawalBounds(lost);
  const gone = new Set(lost.map(({ announcer }) => announcer.address));
  const when_ns = withdrawnAt(facts.routers, gone, { fault_ns, until_ns, heal_ns: windows.heal_ns });
  if (typeof when_ns === 'string') return { ...bounds, missing_metrics: { [WITHDRAWN]: when_ns } };
  return {
    ...bounds,
    metrics: { [WITHDRAWN]: msFromNs(when_ns - fault_ns) },
    moments: [momentOf(when_ns, lost)],
  };
}

function momentOf(at_ns: LabTime, lost: readonly Lost[]): Moment {
  const names = lost.map(({ announcer }) => announcer.node).join(' and ');
  return { at_ns, event: 'system', detail: `the router has no route to ${names} any more` };
}

/** What is of the whole trial is reported with its first fault. */
function wholeTrial({ facts, faults, windows, watch }: EcmpEvidence, known: SystemFindings): SystemFindings {
  const taken = new Set(faults.flatMap(({ fault }) => fault.victims ?? []));
  const { fault_ns, heal_ns, end_ns } = windows;
  const flows = watch.flows();
  const fault = rehashed(flows, fault_ns, heal_ns, taken);
  const fewest = fewestNextHops(facts.routers);
  return {
    metrics: {
      ...known.metrics,
      ...(fewest === undefined ? {} : { 'ecmp.next_hops': fewest }),
      'ecmp.flows': fault.lasting,
      'ecmp.rehashed': fault.moved,
      'ecmp.rehashed_by_return': rehashed(flows, heal_ns, end_ns, taken).moved,
    },
    rows: nextHopRows(facts.routers, windows),
  };
}
