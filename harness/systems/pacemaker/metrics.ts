import { type MetricDeclarations, metric } from '../../journal/metric.ts';

const { duration, takeover, count, flag } = metric;
const OF_FAULT = { per_fault: true } as const;
const OF_TAKEOVER = { ...OF_FAULT, until_healing: true } as const;

/** What a cluster gives as a virtual router does (`vip.detection_ms`), where there is none: measures. */
export const AS_VIRTUAL_ROUTER: readonly string[] = [
  'detection_ms',
  'address_ms',
  'takeover_ms',
  'owners_max',
  'two_owners_ms',
];

/** Steps of a takeover, for each fault. */
const STEPS: MetricDeclarations = {
  'cluster.detection_ms': duration(
    'fault to Pacemaker knowing: a monitor that fails, or a member that is counted as lost',
    OF_TAKEOVER,
  ),
  'cluster.fencing_ms': duration(
    'a member asking for a lost one to be fenced to Pacemaker counting it as fenced, for the first that was',
    OF_TAKEOVER,
  ),
  'cluster.fenced': count(
    'times that a member was turned off by its BMC, from the fault to healing',
    OF_FAULT,
  ),
  'cluster.fencing_failed': count(
    'attempts to fence a member that failed, from the fault to healing',
    OF_FAULT,
  ),
  'cluster.stop_ms': duration(
    'the first resource being stopped to the last of them being stopped, as far as some were',
    OF_TAKEOVER,
  ),
  'cluster.start_ms': duration(
    'the first resource being started to the last of them being started',
    OF_TAKEOVER,
  ),
  'cluster.started_ms': duration('fault to the last resource being started', OF_TAKEOVER),
  'cluster.address_ms': duration(
    'fault to the address being on the member that took it, according to the kernel',
    OF_TAKEOVER,
  ),
  'cluster.takeover_ms': takeover('fault to the first answer of that member at the address, on the wire', {
    ...OF_TAKEOVER,
    from_captures: true,
  }),
  'cluster.two_owners_ms': duration(
    'how long two members or more held an address of the cluster at once, from the fault to healing',
    OF_FAULT,
  ),
  'cluster.owners_max': count(
    'most members that held an address of the cluster at once, from the fault to the end of the trial',
    OF_FAULT,
  ),
};

/** What crm_mon reports once, before the healing: it is of all faults together. */
const STATE: MetricDeclarations = {
  'cluster.moved': count('resources that run elsewhere before healing than before the fault, or nowhere'),
  'cluster.dc_changed': flag('1 when another member decides than before the fault, or none, else 0'),
  'cluster.members_online': count('members that are online before healing, according to crm_mon'),
  'cluster.with_quorum': flag('1 when the member that was asked had quorum before healing, else 0'),
  'cluster.resources_running': count('resources that run somewhere before healing'),
  'cluster.failures': count('failed operations on record before healing'),
};

/** For topologies with Pacemaker clusters; of several clusters the one that took longest speaks. */
export const CLUSTER_METRICS: MetricDeclarations = { ...STEPS, ...STATE };
