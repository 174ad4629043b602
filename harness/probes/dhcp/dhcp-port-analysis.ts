import { median } from 'simple-statistics';
import type { Records } from '../../evidence/records.ts';
import { type LabTime, msFromNs } from '../../ground/time.ts';
import type { ProbeFindings, TrialWindows } from '../probe.ts';
import { type PortStep, portStepsOf } from './dhcp-port-steps.ts';
import { dhcpRecordsOf } from './dhcp-records.ts';
import type { DhcpExchange } from './records/dhcp-exchanges.ts';

interface Outcome extends PortStep {
  told_ns: LabTime;
  exchange: DhcpExchange;
}

/**
 * What became of the ports' clients from the fault on. A server that gets a step may be busy reading what it got
 * before, and offer what was right until then; what counts is the address that the client gets in the end.
 */
export function analysePortSteps(
  name: string,
  files: Records,
  { fault_ns, end_ns }: TrialWindows,
): ProbeFindings {
  const steps = portStepsOf(files, `${name}-steps.json`);
  const { exchanges, dropped } = dhcpRecordsOf(files, `${name}.jsonl`);
  const bySeq = new Map(exchanges.map((exchange) => [exchange.seq, exchange]));
  const outcomes = steps.flatMap((step): Outcome[] => {
    const { seq, told_ns } = step;
    const exchange = bySeq.get(seq);
    if (!exchange || exchange.end === 'open' || told_ns === null) return [];
    return told_ns > fault_ns && told_ns <= end_ns ? [{ ...step, told_ns, exchange }] : [];
  });
  const waits = outcomes.flatMap(({ told_ns, exchange }) =>
    exchange.ack ? [msFromNs(exchange.ack.at_ns - told_ns)] : [],
  );
  return {
    metrics: {
      ...share('added', 'served', outcomes, isServed),
      ...share('moved', 'served', outcomes, isServed),
      ...share('removed', 'refused', outcomes, ({ exchange }) => exchange.ack === null),
      wrong_offers: outcomes.reduce((sum, outcome) => sum + wrongOffers(outcome), 0),
      ...(waits.length > 0 ? { served_ms: Math.max(...waits), served_median_ms: median(waits) } : {}),
    },
    outages: [],
    open: [],
    doubts: dropped > 0 ? [`${name}: the kernel could not hand ${dropped} frames to the probe`] : [],
  };
}

function share(
  step: PortStep['step'],
  what: string,
  outcomes: readonly Outcome[],
  is: (outcome: Outcome) => boolean,
): Record<string, number> {
  const of = outcomes.filter((outcome) => outcome.step === step);
  if (of.length === 0) return { [step]: 0 };
  return { [step]: of.length, [`${step}_${what}_ratio`]: of.filter(is).length / of.length };
}

function isServed({ exchange, address }: Outcome): boolean {
  return exchange.ack?.address === address;
}

function wrongOffers({ step, exchange, address }: Outcome): number {
  return exchange.offers.filter((offer) => step === 'removed' || offer.address !== address).length;
}
