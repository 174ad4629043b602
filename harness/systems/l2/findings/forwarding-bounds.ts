import { seconds } from '../../../ground/bound-arithmetic.ts';
import type { Bound } from '../../../journal/journal.ts';
import type { SwitchSettings } from '../config/switch-settings.ts';
import { DAEMONS, type DaemonLoss, FLOWS_KEPT, isHang, type Return, returnOf } from './daemon-loss.ts';

/** How long frames are not forwarded across a switch, in ms after a fault, or why that is not known. */
export type Gap = Bound | string;

/** Of a daemon's loss: flows of all kinds, and those that begin after it where these fare worse. */
export interface Gaps {
  all: Gap;
  new_flows?: Gap;
}

/** What else matters when a daemon dies. */
export interface Circumstances {
  /** Where frames are forwarded: in the kernel by flows, in ovs-vswitchd itself, or by bridges of the kernel. */
  datapath: 'system' | 'netdev' | 'bridge';
  /** The agent runs: it writes the flows that a new ovs-vswitchd lacks. */
  agent_runs: boolean;
  /** Whether the frames pass by the wire to other switches, or stay in the switch. */
  by_trunk: boolean;
  /** Of ovs-vswitchd under its monitor: since that last started it, in ms; undefined when it has not. */
  since_start_ms?: number;
}

/** A daemon that is asked to end has ended after at most this. */
const END_MS = 500;
/** A daemon starts, and takes part, in at most this: Open vSwitch has no timer in it, the rest is the machine's. */
const START_MS = 500;
/** The agent writes its flows in at most this. */
const PROGRAM_MS = 500;
/** A bridge in fail mode standalone with no controller forwards as soon as its ports are there. */
const STANDALONE_MS = 300;
/** An answer that comes later than this counts as none (RFC 6413, as probes have it). */
const LATE_MS = 100;
const HANG_ERROR_MS = 50;
/** fail-open.c: with no controller for so many inactivity probes the switch forwards by itself. */
const FAIL_OPEN_PROBES = 3;
const FAIL_OPEN_ERROR_MS = 500;

const nothing = (from: string): Bound => ({ low: 0, high: 0, from });

/** What the loss of a daemon does to the frames that cross its switch. */
export function gapsOf(loss: DaemonLoss, settings: SwitchSettings, at: Circumstances): Gaps {
  if (at.datapath === 'bridge') return { all: bridgeGap(loss) };
  switch (loss.daemon) {
    case 'agent':
      return { all: agentGap(loss, settings, at) };
    case 'vswitchd':
      return vswitchdGaps(loss, settings, at);
    case 'ovsdb':
      return { all: ovsdbGap(loss, settings, at) };
    case 'controller':
      return controllerGaps(loss, settings);
  }
}

/** Bridges of the kernel need no daemon, for flows of any age. */
function bridgeGap({ daemon }: DaemonLoss): Gap {
  if (daemon === 'agent')
    return nothing('bridges of the kernel forward and learn addresses without the agent');
  return `a switch with bridges of the kernel has no ${DAEMONS[daemon]}`;
}

/**
 * The agent only configures. One that drops flows when it starts writes those for the ports of its own switch at once, and those
 * for the wire to others when the server has answered it.
 */
function agentGap(loss: DaemonLoss, settings: SwitchSettings, { by_trunk }: Circumstances): Gap {
  const { start_delay_ms, drop_flows_on_start } = settings;
  if (isHang(loss)) return nothing('the agent is not in the path of frames');
  const back = returnOf(loss, settings);
  if (typeof back === 'string' || !drop_flows_on_start)
    return nothing('the agent is not in the path of frames');
  if (!by_trunk)
    return {
      low: 0,
      high: PROGRAM_MS,
      from: `drop_flows_on_start: up to ${seconds(PROGRAM_MS)} to write the flows`,
    };
  return {
    low: start_delay_ms,
    high: start_delay_ms + PROGRAM_MS,
    from: `drop_flows_on_start: start delay ${seconds(start_delay_ms)} + up to ${seconds(PROGRAM_MS)} to write the flows`,
  };
}

function vswitchdGaps(loss: DaemonLoss, settings: SwitchSettings, at: Circumstances): Gaps {
  const gap = isHang(loss) ? hangGap(loss) : deathGap(loss, settings, at);
  if (at.datapath === 'netdev') return { all: gap };
  if (typeof gap === 'string')
    return { all: nothing('the kernel forwards what it has cached'), new_flows: gap };
  if (isHang(loss)) return { all: nothing('the kernel forwards what it has cached'), new_flows: gap };
  // A new ovs-vswitchd flushes the cache: then established flows wait for the agent as well.
  return {
    all: { ...gap, low: 0, from: `${gap.from}; the kernel forwards what it has cached until then` },
    new_flows: gap,
  };
}

/** Frames wait in the queues of the ports, or overflow them. */
function hangGap({ hung }: DaemonLoss): Gap {
  if (!hung) return 'it hangs until healing';
  const { low_ms, high_ms } = hung;
  return {
    low: Math.max(0, low_ms - LATE_MS - HANG_ERROR_MS),
    high: high_ms + HANG_ERROR_MS,
    from: `it hangs for ${seconds(Math.round(low_ms))}, of which frames of the last ${seconds(LATE_MS)} are in time`,
  };
}

/** ovs-ctl(8): the new one waits for the flows that were saved (flow-restore-wait), and needs no agent. */
function hotRestartGap(): Gap {
  return {
    low: 0,
    high: END_MS + START_MS + PROGRAM_MS,
    from: `up to ${seconds(END_MS)} to end, + up to ${seconds(START_MS)} to start, + up to ${seconds(PROGRAM_MS)} to be given its flows`,
  };
}

function deathGap(loss: DaemonLoss, settings: SwitchSettings, at: Circumstances): Gap {
  if (loss.signal === FLOWS_KEPT && !settings.controller) return hotRestartGap();
  const back = returnOf(loss, settings, at.since_start_ms);
  if (typeof back === 'string') return back;
  if (settings.controller) return 'when its controller has given it its flows again is not followed';
  // By the wire to others frames go with the VLAN that the agent's flows give them: without it they are in no network there.
  if (settings.fail_mode === 'standalone' && !at.by_trunk)
    return {
      low: back.low,
      high: back.high + START_MS + STANDALONE_MS,
      from: `${back.from}, + up to ${seconds(START_MS)} to start, + up to ${seconds(STANDALONE_MS)}: in fail mode standalone it needs no flow`,
    };
  return programmed(back, settings, at.agent_runs);
}

function programmed(back: Exclude<Return, string>, { polling_ms }: SwitchSettings, agent_runs: boolean): Gap {
  if (!agent_runs) return `nothing writes the flows of a new ovs-vswitchd: ${DAEMONS.agent} does not run`;
  return {
    low: back.low,
    high: back.high + START_MS + polling_ms + PROGRAM_MS,
    from: `${back.from}, + up to ${seconds(START_MS)} to start, + up to polling interval ${seconds(polling_ms)}, + up to ${seconds(PROGRAM_MS)} to write the flows`,
  };
}

/** In user space ovs-vswitchd stops polling its ports without the database's lock, until it is connected again. */
function ovsdbGap(loss: DaemonLoss, settings: SwitchSettings, { datapath }: Circumstances): Gap {
  if (datapath === 'system') return nothing('the kernel forwards on without the database');
  if (isHang(loss)) return nothing('ovs-vswitchd keeps its connection to a database that hangs');
  const back = returnOf(loss, settings);
  if (typeof back === 'string') return back;
  const low = nextAttemptMs(back.low);
  const high = nextAttemptMs(back.high + START_MS) + PROGRAM_MS;
  return {
    low,
    high,
    from: `${back.from}; ovs-vswitchd connects anew 1 s, 3 s, 7 s, 15 s, ... after the loss (back-off 1 s to 8 s): ${seconds(low)}, + up to ${seconds(high - low)}`,
  };
}

const FIRST_BACKOFF_MS = 1000;
const MOST_BACKOFF_MS = 8000;

/**
 * The next attempt of an OVSDB client to connect, in ms after it lost its connection: the pauses double from 1 s to 8 s
 * (lib/reconnect.c).
 * @param after_ms not before this.
 */
export function nextAttemptMs(after_ms: number): number {
  let at_ms = 0;
  for (let pause_ms = FIRST_BACKOFF_MS; ; pause_ms = Math.min(2 * pause_ms, MOST_BACKOFF_MS)) {
    at_ms += pause_ms;
    if (at_ms >= after_ms) return at_ms;
  }
}

/** The switch keeps the flows that it has; what is new is asked of the controller. */
function controllerGaps(loss: DaemonLoss, settings: SwitchSettings): Gaps {
  const all = nothing('the switch keeps the flows that it has');
  if (isHang(loss) && loss.hung)
    return { all, new_flows: 'how a hanging controller is noticed is not followed' };
  if (loss.down_ms !== undefined)
    return { all, new_flows: 'when the controller is connected again is not followed' };
  if (settings.fail_mode === 'secure')
    return { all, new_flows: 'in fail mode secure no new flow is forwarded without a controller' };
  const trigger_ms = FAIL_OPEN_PROBES * settings.inactivity_probe_ms;
  return {
    all,
    new_flows: {
      low: Math.max(0, trigger_ms - FAIL_OPEN_ERROR_MS),
      high: trigger_ms + FAIL_OPEN_ERROR_MS,
      from: `fail mode standalone: ${FAIL_OPEN_PROBES} x inactivity probe ${seconds(settings.inactivity_probe_ms)} +/- ${seconds(FAIL_OPEN_ERROR_MS)}`,
    },
  };
}

/** When a port that is plugged in has its tag, in ms: the agent looks for new ones in every turn. */
export function wiringBound({ polling_ms }: Pick<SwitchSettings, 'polling_ms'>): Bound {
  return {
    low: 0,
    high: polling_ms + PROGRAM_MS,
    from: `up to polling interval ${seconds(polling_ms)} + up to ${seconds(PROGRAM_MS)} to wire the port`,
  };
}
