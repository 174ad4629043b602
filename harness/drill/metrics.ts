import { probes } from '../probes/registry.ts';

/** Metrics of the virtual router, for topologies that have one (RFC 5798 terms). */
export const VIP_METRICS: Readonly<Record<string, string>> = {
  'vip.detection_ms': 'last advertisement of the old master to the first of the new one, on the wire',
  'vip.address_ms': 'fault to the address being on the new master',
  'vip.takeover_ms': 'fault to the first packet that the new master forwarded, on the wire',
  'vip.owners_max':
    'most nodes that held the virtual address at once, from the fault to the end of the trial',
};

/** Metrics of the trial as a whole. */
export const TRIAL_METRICS: Readonly<Record<string, string>> = {
  'rejoin.outage_ms': 'longest time without service from the mending on: what the return of the node cost',
  'trial.wall_ms': 'how long the trial took',
  'trial.needed_ms': 'how long the protocol and the holds of the drill need, by themselves',
  'host.steal_ratio': 'share of the processor time that the hypervisor took while the trial ran',
};

/** Every metric that a drill with these probes can have, with its meaning. */
export function knownMetrics(drillProbes: readonly { name: string; kind: string }[]): Map<string, string> {
  const known = new Map([...Object.entries(VIP_METRICS), ...Object.entries(TRIAL_METRICS)]);
  for (const { name, kind } of drillProbes) {
    for (const [measure, meaning] of Object.entries(probes.get(kind)?.metrics ?? {})) {
      known.set(`${name}.${measure}`, meaning);
    }
  }
  return known;
}
