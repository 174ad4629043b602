import type { FaultFacts } from '../../../journal/trial-facts.ts';
import type { SwitchSettings } from '../config/switch-settings.ts';

/** The processes of a switch, by the part they play. */
export const DAEMONS = {
  agent: 'l2-agent',
  vswitchd: 'ovs-vswitchd',
  ovsdb: 'ovsdb-server',
  controller: 'ovs-testcontroller',
} as const;
export type Daemon = keyof typeof DAEMONS;

/** What a fault did to one daemon of a switch. */
export interface DaemonLoss {
  node: string;
  daemon: Daemon;
  signal: string;
  /** How long the fault itself keeps it down before it is started again, in ms. */
  down_ms?: number;
  /** Of one that hangs: for how long, in ms, as far as that was measured. */
  hung?: { low_ms: number; high_ms: number };
}

/** What a hot restart says to ovs-vswitchd in the place of a signal: `exit`, and its flows are saved for the next one. */
export const FLOWS_KEPT = 'exit, flows kept';

const HANGING = ['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU'];

export function isHang({ signal }: Pick<DaemonLoss, 'signal'>): boolean {
  return HANGING.includes(signal);
}

/**
 * The daemon that a fault of a process took.
 * @param resolved what its target was: `sw1/ovs-vswitchd`.
 * @returns undefined where it took none.
 */
export function daemonLoss(
  resolved: string,
  fault: Pick<FaultFacts, 'signal' | 'down_ms' | 'mended' | 'before_ns' | 'after_ns'>,
): DaemonLoss | undefined {
  const { signal, down_ms, mended, before_ns, after_ns } = fault;
  const [, node, name] = /^([^/]+)\/(.+)$/.exec(resolved) ?? [];
  const daemon = daemonNamed(name);
  if (node === undefined || daemon === undefined || signal === undefined) return undefined;
  const loss: DaemonLoss = { node, daemon, signal, ...(down_ms === undefined ? {} : { down_ms }) };
  if (!isHang(loss) || !mended) return loss;
  const ms = (from_ns: number, until_ns: number) => (until_ns - from_ns) / 1e6;
  return { ...loss, hung: { low_ms: ms(after_ns, mended.from_ns), high_ms: ms(before_ns, mended.until_ns) } };
}

export function daemonNamed(name: string | undefined): Daemon | undefined {
  return (Object.keys(DAEMONS) as Daemon[]).find((one) => DAEMONS[one] === name);
}

/** When a dead daemon runs again, in ms after its death, or why it does not. */
export type Return = { low: number; high: number; from: string } | string;

/** Signals after which ovs-vswitchd's monitor starts it again (`should_restart` in lib/daemon-unix.c). */
const MONITORED = ['ABRT', 'ALRM', 'BUS', 'FPE', 'ILL', 'PIPE', 'SEGV', 'XCPU', 'XFSZ'].map(
  (name) => `SIG${name}`,
);
/** It starts it at most once in this time, and counts in whole seconds (ibid.). */
const MONITOR_PAUSE_MS = 10_000;
/** runsv(8) starts a service that ended at once, or a second after its last start. */
const INIT_PAUSE_MS = 1000;

/**
 * When what has died is started again: by the fault, or by what keeps it.
 * @param since_start_ms of ovs-vswitchd under its monitor: since that last started it; undefined when it has not.
 */
export function returnOf(loss: DaemonLoss, settings: SwitchSettings, since_start_ms?: number): Return {
  const { daemon, down_ms } = loss;
  const name = DAEMONS[daemon];
  if (down_ms !== undefined && down_ms > 0)
    return { low: down_ms, high: down_ms, from: `${name} is down for ${down_ms / 1000} s` };
  const atOnce = { low: 0, high: INIT_PAUSE_MS, from: `the node's init starts ${name} again within 1 s` };
  if (daemon === 'vswitchd') {
    if (settings.vswitchd_keeper === 'init') return atOnce;
    if (settings.vswitchd_keeper === 'monitor') return byMonitor(loss, since_start_ms);
  } else if (daemon === 'agent' ? settings.agent_respawns : daemon === 'ovsdb' && settings.ovsdb_respawns)
    return atOnce;
  return down_ms === undefined
    ? `nothing starts ${name} again: it is not in RESPAWN`
    : { low: 0, high: 0, from: `${name} is started again at once` };
}

/**
 * When the monitor last started ovs-vswitchd, in ms; undefined when it has not.
 * @param deaths when it died before, and of which signal, in order: the monitor waits where it has started it just now.
 */
export function lastMonitorStart(deaths: readonly { at_ms: number; signal: string }[]): number | undefined {
  let last_ms: number | undefined;
  for (const { at_ms, signal } of deaths)
    if (MONITORED.includes(signal))
      last_ms = last_ms === undefined ? at_ms : Math.max(at_ms, last_ms + MONITOR_PAUSE_MS);
  return last_ms;
}

function byMonitor({ signal }: DaemonLoss, since_start_ms: number | undefined): Return {
  if (!MONITORED.includes(signal))
    return `the monitor of ovs-vswitchd does not start it again after ${signal}`;
  const wait_ms = since_start_ms === undefined ? 0 : Math.max(0, MONITOR_PAUSE_MS - since_start_ms);
  if (wait_ms === 0) return { low: 0, high: 0, from: 'the monitor starts ovs-vswitchd again at once' };
  const low = Math.max(0, wait_ms - 1000);
  return {
    low,
    high: wait_ms + 1000,
    from: `the monitor starts ovs-vswitchd at most once in 10 s: ${(wait_ms / 1000).toFixed(1)} s are left`,
  };
}
