import type { AgentTimes } from './rescheduling-bound.ts';

/** Neutron's defaults (`agent_down_time`, `report_interval`). */
const NEUTRON_DOWN_TIME_S = 75;
const NEUTRON_REPORT_INTERVAL_S = 30;

/** Sentences for reports: which times of agents are not Neutron's own, and by how much. Empty when all are. */
export function agentTimesScale({ agent_down_ms, report_interval_ms }: AgentTimes): string[] {
  return [
    ...scale('agent_down_time', agent_down_ms / 1000, NEUTRON_DOWN_TIME_S),
    ...scale('report_interval', report_interval_ms / 1000, NEUTRON_REPORT_INTERVAL_S),
  ];
}

function scale(name: string, seconds: number, neutron_s: number): string[] {
  if (seconds === neutron_s) return [];
  return [`${name} ${seconds} s; Neutron's default is ${neutron_s} s: ${ratioText(seconds, neutron_s)}.`];
}

/** `1:12.5`, or `2:1` for what is longer than Neutron's. */
export function ratioText(seconds: number, neutron_s: number): string {
  const short = (value: number) => String(Number(value.toFixed(2)));
  return seconds <= neutron_s ? `1:${short(neutron_s / seconds)}` : `${short(seconds / neutron_s)}:1`;
}
