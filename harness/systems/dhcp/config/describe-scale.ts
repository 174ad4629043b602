import type { NetworkSettings } from './networks.ts';

/** Neutron's defaults (`dhcp_lease_duration`, `agent_down_time`, `report_interval`). */
const NEUTRON_LEASE_S = 86_400;
const NEUTRON_DOWN_TIME_S = 75;
const NEUTRON_REPORT_INTERVAL_S = 30;

/** Sentences for reports: which times are not Neutron's own, and by how much. Empty when all are. */
export function describeScale(settings: NetworkSettings): string[] {
  return [
    ...leaseScale(settings),
    ...scale('agent_down_time', settings.agent_down_ms / 1000, NEUTRON_DOWN_TIME_S),
    ...scale('report_interval', settings.report_interval_ms / 1000, NEUTRON_REPORT_INTERVAL_S),
  ];
}

function leaseScale({ lease_s, t1_s, t2_s }: NetworkSettings): string[] {
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

function scale(name: string, seconds: number, neutron_s: number): string[] {
  if (seconds === neutron_s) return [];
  return [`${name} ${seconds} s; Neutron's default is ${neutron_s} s: ${ratioText(seconds, neutron_s)}.`];
}

/** `1:12.5`, or `2:1` for what is longer than Neutron's. */
function ratioText(seconds: number, neutron_s: number): string {
  const short = (value: number) => String(Number(value.toFixed(2)));
  return seconds <= neutron_s ? `1:${short(neutron_s / seconds)}` : `${short(seconds / neutron_s)}:1`;
}

function half(lease_s: number): number {
  return Math.trunc(lease_s / 2);
}

function sevenEighths(lease_s: number): number {
  return Math.trunc((lease_s * 7) / 8);
}
