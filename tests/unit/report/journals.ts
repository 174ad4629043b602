import {
  type Expectation,
  type FaultRecord,
  JOURNAL_SCHEMA,
  type Journal,
  type Trial,
} from '../../../harness/journal/journal.ts';
import { judgeExpectations, runVerdict } from '../../../harness/verdict/judge.ts';
import { summarizeTrials } from '../../../harness/verdict/statistics.ts';

export const BOUND = { low: 2804.6875, high: 3804.6875, from: 'VRRPv3: 3 x 1 s + 0.805 s - 1 s' };

export const EXPECTATIONS: Expectation[] = [
  { metric: 'udp.outage_ms', stat: 'each', op: 'within_bound', value: 100 },
  { metric: 'tcp.survived_ratio', stat: 'each', op: '==', value: 1 },
  { metric: 'rejoin.outage_ms', stat: 'each', op: '<=', value: 50 },
];

const FAULT: FaultRecord = {
  kind: 'crash',
  target: 'host:master(router)',
  resolved: 'host:node1 (r1)',
  applied_at: '2026-03-04T05:06:08.000000000Z',
  reverted_at: '2026-03-04T05:06:12.000000000Z',
  verified: true,
};

/** A trial in which `survived` of 50 sessions lived on and clients were cut off for `outage_ms`. */
export function crashTrial(
  index: number,
  outage_ms: number,
  survived = 50,
  change: Partial<Trial> = {},
): Trial {
  const metrics = {
    'udp.outage_ms': outage_ms,
    'udp.outage_error_ms': 5.04,
    'udp.lost': 600,
    'udp.sent': 3000,
    'udp.late_answers': 0,
    'tcp.sessions': 50,
    'tcp.survived': survived,
    'tcp.reset': 50 - survived,
    'tcp.stalled': 0,
    'tcp.survived_ratio': survived / 50,
    'rejoin.outage_ms': 0,
    'host.steal_ratio': 0.00046,
    'trial.wall_ms': 16_000,
    ...change.metrics,
  };
  return {
    index,
    verdict: 'pass',
    faults: [FAULT],
    bounds: { 'udp.outage_ms': BOUND },
    audits: [{ name: 'one-owner', verdict: 'pass', detail: '198.18.1.1 is held by r2' }],
    timeline: [],
    outages: [],
    records: `trial-${index}`,
    ...change,
    metrics,
  };
}

/** A trial that broke off before anything was broken or measured. */
export function unknownTrial(index: number, reason: string): Trial {
  return {
    index,
    verdict: 'unknown',
    reason,
    faults: [],
    metrics: {},
    bounds: {},
    audits: [],
    timeline: [],
    outages: [],
  };
}

/** The journal of these trials, judged and summed up as a run does. */
export function journalOf(
  trials: Trial[],
  { expect = EXPECTATIONS, ...change }: Partial<Journal> & { expect?: Expectation[] } = {},
): Journal {
  const expectations = judgeExpectations(expect, trials);
  return {
    schema: JOURNAL_SCHEMA,
    drill: 'l3/node-crash',
    topology: '/srv/topologies/l3/l3.clab.yml',
    profile: 'sla',
    seed: 1,
    started_at: '2026-03-04T05:06:07.123456789Z',
    verdict: runVerdict(expectations, trials),
    environment: {
      kernel: '6.12.1',
      engine: 'docker 28.0.1',
      cpus: 2,
      load: [1.5, 1, 0.25],
      images: { 'hadrill/router': 'sha256:0123' },
      versions: { keepalived: '2.3.3', conntrackd: '1.4.8' },
    },
    expectations,
    trials,
    repeated: [],
    summary: summarizeTrials(trials, 1),
    ...change,
  };
}
