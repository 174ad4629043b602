import { daemonTime } from '../../topology/duration.ts';
import type { Findings } from './file-problems.ts';

const SHORTEST_DOWN_TIME_MS = 1000;
const SHORTEST_REPORT_MS = 100;

/** What a file of networks or routers may say of the times of agents; the defaults are Neutron's own. */
export const AGENT_TIMES = {
  agent_down_time: daemonTime.default(75_000),
  report_interval: daemonTime.default(30_000),
};

/** Reports times of agents that make no sense together. */
export function checkAgentTimes(
  { agent_down_time: down, report_interval: report }: { agent_down_time: number; report_interval: number },
  findings: Findings,
): void {
  if (down < SHORTEST_DOWN_TIME_MS) {
    findings.report(['agent_down_time'], `'agent_down_time' must be at least 1 s, not ${inSeconds(down)}`);
  }
  if (report < SHORTEST_REPORT_MS) {
    findings.report(
      ['report_interval'],
      `'report_interval' must be at least 0.1 s, not ${inSeconds(report)}`,
    );
  }
  if (findings.isWrong(['agent_down_time']) || findings.isWrong(['report_interval']) || report < down) return;
  const message = `'report_interval' (${inSeconds(report)}) must be less than 'agent_down_time' (${inSeconds(down)}): an agent would be taken for dead between two reports`;
  findings.report(['report_interval'], message);
}

function inSeconds(ms: number): string {
  return `${ms / 1000} s`;
}
