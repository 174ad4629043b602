import { recordOf } from '../evidence/records.ts';
import { msFromNs } from '../ground/time.ts';
import { sleep, waitUntil } from '../ground/wait.ts';
import type { Lab } from '../lab/lab.ts';
import { labNow } from '../lab/now.ts';
import { longestSendGapMs } from '../outage/send-gaps.ts';
import type { RunningProbe } from '../probes/probe.ts';
import { tcp } from '../probes/tcp/tcp.ts';
import { parseUdpRecords } from '../probes/udp/records/udp-records.ts';
import { udp } from '../probes/udp/udp.ts';
import { LIMITS, type NullRun } from './calibration.ts';
import { pressureWithin, starvedBy } from './conditions.ts';
import { CLIENT, INTERVAL_MS, PROBE, PROBE_OPTIONS, SERVER, SERVER_ADDRESS } from './instrument.ts';

const SESSIONS = 50;
const TCP = 'tcp';
const TCP_OPTIONS = tcp.options.parse({
  kind: 'tcp',
  from: CLIENT,
  to: SERVER,
  address: SERVER_ADDRESS,
  sessions: SESSIONS,
});
const READY_TIMEOUT_MS = 30_000;
/** After the end: an answer may take 100 ms. */
const TAIL_MS = 300;

/** Measures for `duration_ms` while nothing is cut: whatever is seen then is the instrument's own. */
export async function nullRun(
  lab: Lab,
  duration_ms: number,
  signal: AbortSignal | undefined,
): Promise<NullRun> {
  const running: RunningProbe[] = [];
  try {
    running.push(await udp.start(lab, PROBE, PROBE_OPTIONS));
    running.push(await tcp.start(lab, TCP, TCP_OPTIONS));
    for (const probe of running) await ready(probe, signal);
    const from_ns = await labNow(lab);
    await sleep(duration_ms, signal);
    const to_ns = await labNow(lab);
    await sleep(TAIL_MS, signal);
    const pressure = await lab.agent.call('pressure', { since_ns: from_ns });
    const [udp_files, tcp_files] = [await running[0]!.stop(), await running[1]!.stop()];
    running.length = 0;
    const windows = { fault_ns: from_ns, heal_ns: to_ns, healed_ns: to_ns, end_ns: to_ns };
    const datagrams = udp.analyse(PROBE, PROBE_OPTIONS, udp_files, windows);
    const {
      sessions = 0,
      survived = 0,
      reset = 0,
    } = tcp.analyse(TCP, TCP_OPTIONS, tcp_files, windows).metrics;
    const records = parseUdpRecords(recordOf(udp_files, `${PROBE}.csv`));
    const conditions = {
      send_gap_ms: longestSendGapMs(records, INTERVAL_MS, from_ns, to_ns),
      ...pressureWithin(pressure, from_ns, to_ns),
    };
    const reason = starvedBy(conditions, LIMITS.null_conditions);
    return {
      duration_ms: msFromNs(to_ns - from_ns),
      outages: datagrams.outages.length,
      sent: datagrams.metrics.sent ?? 0,
      lost: datagrams.metrics.lost ?? 0,
      sessions,
      resets: reset,
      dead: sessions - survived,
      accepted: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
    };
  } finally {
    for (const probe of running) await probe.abandon();
  }
}

async function ready(probe: RunningProbe, signal: AbortSignal | undefined): Promise<void> {
  let seen: string | undefined;
  await waitUntil({
    what: `the ${probe.name} probe to be served`,
    timeout_ms: READY_TIMEOUT_MS,
    signal,
    check: async () => {
      seen = await probe.trouble();
      return seen === undefined;
    },
    lastSeen: () => seen,
  });
}
