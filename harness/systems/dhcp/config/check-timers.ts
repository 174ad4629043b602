import { checkAgentTimes } from '../../neutron-scheduling/agent-times-file.ts';
import type { Findings } from '../../neutron-scheduling/file-problems.ts';
import type { NetworksFile } from './networks-schema.ts';

/** dnsmasq makes every shorter lease this long (dnsmasq(8), `--dhcp-range`). */
const SHORTEST_LEASE_S = 120;
/** dnsmasq takes no notice of a T1 or T2 of 2 s or less. */
const LONGEST_IGNORED_S = 2;
/** 2³² − 1 would be a lease without an end (RFC 2131 §3.3). */
const LONGEST_LEASE_S = 2 ** 32 - 2;

/** Reports times that dnsmasq would not take as they are, and times of agents that make no sense together. */
export function checkTimers(file: NetworksFile, findings: Findings): void {
  checkLease(file, findings);
  checkOrder(file, findings);
  checkAgentTimes(file, findings);
}

function checkLease(file: NetworksFile, findings: Findings): void {
  for (const key of ['lease_time', 't1', 't2'] as const) {
    const value = file[key];
    if (value !== undefined && !Number.isInteger(value / 1000)) {
      findings.report([key], `'${key}' must be whole seconds, as in DHCP, not ${inSeconds(value)}`);
    }
  }
  if (file.lease_time < SHORTEST_LEASE_S * 1000) {
    const message = `'lease_time' must be at least ${SHORTEST_LEASE_S} s, not ${inSeconds(file.lease_time)}: dnsmasq grants nothing shorter (t1 and t2 can be)`;
    findings.report(['lease_time'], message);
  } else if (file.lease_time > LONGEST_LEASE_S * 1000) {
    findings.report(['lease_time'], `'lease_time' must be at most ${LONGEST_LEASE_S} s`);
  }
  for (const key of ['t1', 't2'] as const) {
    const value = file[key];
    if (value === undefined || value > LONGEST_IGNORED_S * 1000) continue;
    const message = `'${key}' must be more than ${LONGEST_IGNORED_S} s, not ${inSeconds(value)}: dnsmasq takes no notice of less`;
    findings.report([key], message);
  }
}

/** RFC 2131 §4.4.5: T1 before T2 before the end of the lease. */
function checkOrder(file: NetworksFile, findings: Findings): void {
  const { lease_time: lease, t1, t2 } = file;
  if (['lease_time', 't1', 't2'].some((key) => findings.isWrong([key]))) return;
  if (t2 !== undefined && t2 >= lease) {
    findings.report(['t2'], `'t2' (${inSeconds(t2)}) must be less than 'lease_time' (${inSeconds(lease)})`);
    return;
  }
  const [early, late] = [t1 ?? lease / 2, t2 ?? (lease * 7) / 8];
  if (early < late || (t1 === undefined && t2 === undefined)) return;
  const words = (value: number | undefined, standard: number, share: string) =>
    value === undefined ? `${inSeconds(standard)}, ${share} of the lease` : inSeconds(value);
  const message = `'t1' (${words(t1, early, 'a half')}) must be less than 't2' (${words(t2, late, 'seven eighths')})`;
  findings.report([t1 === undefined ? 't2' : 't1'], message);
}

function inSeconds(ms: number): string {
  return `${ms / 1000} s`;
}
