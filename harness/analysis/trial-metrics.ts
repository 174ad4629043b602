import { type MetricDeclarations, metric } from '../journal/metric.ts';

const { duration, outage, ratio, count } = metric;
const MACHINE = { reported: 'machine', until_healing: true } as const;

/** Metrics of the trial as a whole. */
export const TRIAL_METRICS: MetricDeclarations = {
  'rejoin.outage_ms': outage(
    'longest time without service from healing on: what the return of the node cost',
    { after_healing: true },
  ),
  'trial.wall_ms': duration('how long the trial took', MACHINE),
  'trial.needed_ms': duration(
    'how long the protocol and the holds of the drill need, by themselves',
    MACHINE,
  ),
  'host.steal_ratio': ratio(
    'share of the processor time that the hypervisor took, from the fault on',
    MACHINE,
  ),
  'host.waiting_ratio': ratio('share of that time in which some process waited for a processor', MACHINE),
  'host.overslept_ms': duration('the latest that the fabric was woken after its time', MACHINE),
  'host.run_queue': count('processes that ran or wanted to, per processor, on average', MACHINE),
};
