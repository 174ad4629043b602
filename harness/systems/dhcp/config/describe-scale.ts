import { agentTimesScale, ratioText } from '../../neutron-scheduling/agent-times-scale.ts';
import type { NetworkSettings } from './networks.ts';

/** Neutron's default (`dhcp_lease_duration`). */
const NEUTRON_LEASE_S = 86_400;

/** Sentences for reports: which times are not Neutron's own, and by how much. Empty when all are. */
export function describeScale(settings: NetworkSettings): string[] {
  return [...leaseScale(settings), ...agentTimesScale(settings)];
}

/** The same of leases alone: how long one lasts, and when a client asks for more time. */
export function leaseScale({
  lease_s,
  t1_s,
  t2_s,
}: Pick<NetworkSettings, 'lease_s' | 't1_s' | 't2_s'>): string[] {
  const forced = [...(t1_s === undefined ? [] : ['58']), ...(t2_s === undefined ? [] : ['59'])];
  if (lease_s === NEUTRON_LEASE_S && forced.length === 0) return [];
  const by =
    forced.length === 0 ? '' : ` (forced by option${forced.length > 1 ? 's' : ''} ${forced.join(' and ')})`;
  const t1 = t1_s ?? half(lease_s);
  const t2 = t2_s ?? sevenEighths(lease_s);
  const own = `T1 ${half(NEUTRON_LEASE_S)} s, T2 ${sevenEighths(NEUTRON_LEASE_S)} s`;
  const ratio = lease_s === NEUTRON_LEASE_S ? '' : `: ${ratioText(lease_s, NEUTRON_LEASE_S)}`;
  const untested = lease_s < NEUTRON_LEASE_S ? ' Leases of 24 h were not tested.' : '';
  return [
    `lease ${lease_s} s, T1 ${t1} s, T2 ${t2} s${by}; Neutron's default lease is ${NEUTRON_LEASE_S} s (${own})${ratio}.${untested}`,
  ];
}

function half(lease_s: number): number {
  return Math.trunc(lease_s / 2);
}

function sevenEighths(lease_s: number): number {
  return Math.trunc((lease_s * 7) / 8);
}
