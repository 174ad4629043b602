import { probes } from '../probes/registry.ts';

/** Metrics of the virtual router, for topologies that have one (RFC 5798 terms). */
export const VIP_METRICS: Readonly<Record<string, string>> = {
  'vip.fault_phase_ms': 'last advertisement of the old master to the fault: where in the interval it fell',
  'vip.detection_ms': 'last advertisement of the old master to the first of the new one, on the wire',
  'vip.address_ms': 'fault to the address being on the new master',
  'vip.takeover_ms':
    'fault to the first packet that the new master forwarded, or answered at the address, on the wire',
  'vip.owners_max':
    'most nodes that held the virtual address at once, from the fault to the end of the trial; a handover of less than 50 ms is left out',
  'vip.two_owners_ms': 'for how long two nodes or more held the virtual address at once, until mending began',
  'rejoin.two_owners_ms': 'the same from then to the end of the trial',
  'rejoin.failback_ms':
    'beginning of mending to the owner of before holding the virtual address again; absent where it never did',
};

/** Where the time of a takeover went, for topologies that have a virtual router. They add up to the outage. */
export const PHASE_METRICS: Readonly<Record<string, string>> = {
  'phase.detection_ms': 'the backups wait for advertisements that do not come',
  'phase.election_ms': 'then for their skew time, up to the first advertisement of the new master',
  'phase.address_ms': 'until the address is on it',
  'phase.garp_ms': 'until its first gratuitous ARP',
  'phase.forwarding_ms': "until it sends a client's packet on",
  'phase.answer_ms': 'until it sends an answer back to a client',
  'phase.remainder_ms': 'what of the outage the phases do not explain; negative when they are longer than it',
  'conntrack.commit_window_ms': 'the address is up to the last session being in the connection table',
  'conntrack.committed': 'sessions that a program put into the connection table of the new master',
  'conntrack.commit_window_resets': 'connections that were reset in that window',
  'etsi.availability_level':
    'service availability level of ETSI NFV-REL that was reached: 1, 2, 3, or 0 for none',
};

/** Metrics of topologies with DHCP agents. */
export const DHCP_METRICS: Readonly<Record<string, string>> = {
  'dhcp.own_leases_written_ratio':
    'before the fault: of the leases that a server granted, those that its own lease table has',
  'dhcp.others_leases_written_ratio':
    "before the fault: of the leases that another server granted, those that a server's table has as granted",
  'dhcp.others_leases_initial_ratio':
    'before the fault: of the same, those of which it has the line that was there when it started',
  'dhcp.rescheduled': 'networks that were taken from a dead agent and given to another host',
  'dhcp.nowhere_to_go': 'networks that no other host could take',
  'dhcp.reschedule_ms': 'fault to the last of them being given to another host',
  'dhcp.reschedule_offer_ms': 'fault to the first OFFER of the last of the new servers',
};

/** Metrics of topologies with Pacemaker clusters; of several clusters the one that took longest speaks. */
export const CLUSTER_METRICS: Readonly<Record<string, string>> = {
  'cluster.detection_ms':
    'fault to Pacemaker knowing: a monitor that fails, or a member that is counted as lost',
  'cluster.stop_ms':
    'the first resource being stopped to the last of them being stopped, as far as some were',
  'cluster.start_ms': 'the first resource being started to the last of them being started',
  'cluster.started_ms': 'fault to the last resource being started',
  'cluster.address_ms': 'fault to the address being on the member that took it, according to the kernel',
  'cluster.takeover_ms': 'fault to the first answer of that member at the address, on the wire',
  'cluster.owners_max':
    'most members that held an address of the cluster at once, from the fault to the end of the trial',
  'cluster.moved': 'resources that run elsewhere before the mending than before the fault, or nowhere',
  'cluster.dc_changed': '1 when another member decides than before the fault, or none, else 0',
  'cluster.members_online': 'members that are online before the mending, according to crm_mon',
  'cluster.with_quorum': '1 when who was asked had quorum before the mending, else 0',
  'cluster.resources_running': 'resources that run somewhere before the mending',
  'cluster.failures': 'failed operations on record before the mending',
};

/** What crm_mon says once, before the mending, is of all faults together. */
const OF_ALL_FAULTS = new Set([
  'cluster.moved',
  'cluster.dc_changed',
  'cluster.members_online',
  'cluster.with_quorum',
  'cluster.resources_running',
  'cluster.failures',
]);

function isPerFault(metric: string): boolean {
  if (metric in CLUSTER_METRICS) return !OF_ALL_FAULTS.has(metric);
  return metric in VIP_METRICS || metric.endsWith('.outage_ms');
}

/** Metrics of the trial as a whole. */
export const TRIAL_METRICS: Readonly<Record<string, string>> = {
  'rejoin.outage_ms': 'longest time without service from the mending on: what the return of the node cost',
  'trial.wall_ms': 'how long the trial took',
  'trial.needed_ms': 'how long the protocol and the holds of the drill need, by themselves',
  'host.steal_ratio': 'share of the processor time that the hypervisor took, from the fault on',
  'host.waiting_ratio': 'share of that time in which some process waited for a processor',
  'host.overslept_ms': 'the latest that the fabric was woken after its time',
  'host.run_queue': 'processes that ran or wanted to, per processor, on average',
};

/**
 * Every metric that a drill with these probes can have, with its meaning.
 * @param faults how many it makes: what the second did is under `fault2.`, and so on.
 */
export function knownMetrics(
  drillProbes: readonly { name: string; kind: string }[],
  faults = 1,
): Map<string, string> {
  const known = new Map(
    [VIP_METRICS, PHASE_METRICS, DHCP_METRICS, CLUSTER_METRICS, TRIAL_METRICS].flatMap((metrics) =>
      Object.entries(metrics),
    ),
  );
  for (const { name, kind } of drillProbes) {
    for (const [measure, meaning] of Object.entries(probes.need(kind).metrics)) {
      known.set(`${name}.${measure}`, meaning);
    }
  }
  for (let number = 2; number <= faults; number += 1) {
    for (const [metric, meaning] of [...known]) {
      if (/^fault\d/.test(metric) || !isPerFault(metric)) continue;
      known.set(`fault${number}.${metric}`, `of fault ${number} alone: ${meaning}`);
    }
  }
  return known;
}
