import { z } from 'zod';
import type { Records } from '../../evidence/records.ts';
import type { LabTime } from '../../ground/time.ts';
import { sleep, waitUntil } from '../../ground/wait.ts';
import { metric } from '../../journal/metric.ts';
import type { Lab } from '../../lab/lab.ts';
import { LATE_MS } from '../../systems/dhcp/findings/dhcp-bounds.ts';
import { duration } from '../../topology/duration.ts';
import { clientSide } from '../common-options.ts';
import { noLease } from '../outage-metrics.ts';
import type { ProbeKind, RunningProbe } from '../probe.ts';
import { analyseLoad, loadRecordNames } from './dhcp-load-analysis.ts';
import { DhcpProgram } from './dhcp-program.ts';
import { portsOf } from './network-ports.ts';
import { type FoundRate, type RateStep, searchRate } from './rate-search.ts';
import { COLLECT_MS, MOST_LATE_MS } from './records/dhcp-exchanges.ts';

const { error, ratio, rate, count, flag } = metric;

/** A client that is not served by then is let go: what it repeated would be load that was not asked for. */
const GIVE_UP_MS = 2000;
/** RFC 2131 §4.1; not reached. */
const RETRANSMIT_MS = 4000;
/** Of a rate's exchanges this share must be good, and the schedule must be kept as far. */
const SUSTAINED_RATIO = 0.99;
const ON_SCHEDULE_RATIO = 0.9;
const MOST_CPU_RATIO = 0.9;
const GOOD_STREAK = 20;
const READY_TIMEOUT_MS = 20_000;
const REST_TIMEOUT_MS = 20_000;
/** DISCOVER, two OFFERs, REQUEST, ACK, and ARP. */
const PACKETS_PER_EXCHANGE = 6;
/** Packets per second up to which everything is captured. */
const MOST_CAPTURED_PER_S = 20_000;

const options = z.strictObject({
  kind: z.literal('dhcp-load'),
  ...clientSide,
  search: z
    .strictObject({
      from: z
        .int()
        .min(1)
        .max(10_000)
        .default(20)
        .describe('first rate that is tried, in exchanges per second'),
      step_factor: z.number().min(1.1).max(4).default(1.5).describe('from one rate to the next'),
      step: duration
        .prefault('2s')
        .refine((ms) => ms >= 500 && ms <= 30_000, 'allowed: 500ms to 30s')
        .describe('how long each rate is tried'),
      most: z
        .int()
        .min(1)
        .max(20_000)
        .default(2000)
        .describe('no higher rate is tried, nor one of more exchanges per second than there are ports'),
    })
    .prefault({}),
  share: z.number().min(0.05).max(1).default(0.8).describe('of the highest rate, what is held'),
  // An answer to one client alone costs its server's machine an entry in the neighbour table, of which a kernel has
  // a thousand for all its network namespaces together (arp(7), gc_thresh3).
  broadcast: z.boolean().default(true).describe('the clients ask for broadcast answers'),
});
type LoadOptions = z.output<typeof options>;

/** New clients as fast as the servers can take them, then a share of that through the whole trial. */
export const dhcpLoad: ProbeKind<typeof options> = {
  kind: 'dhcp-load',
  summary: 'the highest sustained rate of DHCP exchanges, and a share of it held through the fault',
  options,
  metrics: {
    highest_rate: rate('exchanges per second that were sustained: 99 % of them at the first try, within 1 s'),
    client_limited: flag(
      '1 when it was the probe that could not do more, 0 when it was the servers or the configured limit',
    ),
    rate_before: rate(
      'exchanges completed within 1 s, per second, before the fault, while the share was held',
    ),
    rate_dip: rate('the fewest completed in any one second between fault and healing'),
    rate_after: rate(
      'completed per second from 2 s after the fault until healing, or from when the gap had ended',
    ),
    exchanges: count('clients that asked for an address while the share was held', {
      part: { of: 'failed', words: 'exchanges failed' },
    }),
    failed: count('of these, clients that were not served within 2 s'),
    gap_ms: noLease(
      'longest time between fault and healing in which no new client got an address at its first try',
    ),
    gap_error_ms: error('how far the gap can be off, either way', { until_healing: true }),
    gap_open_at_heal: flag('1 when clients were still without addresses when healing began, else 0'),
    cpu_ratio: ratio('share of a processor that the probe took while the share was held'),
  },
  on_link: true,
  most_late_ms: MOST_LATE_MS,
  nodes: ({ from }) => [from],
  port: () => ({ protocol: 'udp', port: 67 }),
  bulk: ({ search, share }) =>
    PACKETS_PER_EXCHANGE * search.most * share > MOST_CAPTURED_PER_S
      ? 'udp and (port 67 or port 68)'
      : undefined,
  start: startLoad,
  analyse: (name, _options, files, windows) => analyseLoad(name, files, windows),
};

async function startLoad(
  lab: Lab,
  name: string,
  options: LoadOptions,
  signal?: AbortSignal,
): Promise<RunningProbe> {
  const { search, share, broadcast } = options;
  const program = await DhcpProgram.start(lab, name, {
    from: options.from,
    interface: options.interface,
    clients: portsOf(lab, options.network, 0),
    rate: search.from,
    held: 0,
    retransmit_ms: RETRANSMIT_MS,
    give_up_ms: GIVE_UP_MS,
    late_ms: LATE_MS,
    collect_ms: COLLECT_MS,
    broadcast,
    reuse: true,
    release: false,
    realtime: true,
  });
  try {
    await waitUntil({
      what: `DHCP servers to answer the clients of '${name}'`,
      timeout_ms: READY_TIMEOUT_MS,
      interval_ms: 100,
      signal,
      check: async () => (await program.status()).measuring,
    });
    // So fast at most that every client has its second.
    const most = Math.min(search.most, program.ports);
    const found = await searchRate({ ...search, most }, (per_s) =>
      tryRate(program, per_s, search.step, signal),
    );
    const held = Math.max(1, Math.floor(share * found.highest));
    await restAt(program, held, signal);
    await program.setRate(held);
    return new RunningLoad(name, program, found);
  } catch (error) {
    await program.end();
    throw error;
  }
}

/** Drives a rate for `step_ms` and sees what becomes of its exchanges. */
export async function tryRate(
  program: DhcpProgram,
  per_s: number,
  step_ms: number,
  signal?: AbortSignal,
): Promise<RateStep> {
  await program.setRate(per_s);
  await sleep(step_ms, signal);
  const driven = (await program.status()).stage!;
  // The last of them have their time to be answered.
  await sleep(LATE_MS, signal);
  const judged = (await program.status()).stage!;
  const lasted_s = driven.lasted_ns / 1e9;
  const on_schedule = driven.begun >= ON_SCHEDULE_RATIO * per_s * lasted_s - 1;
  const client_limited = !on_schedule || driven.cpu_ns / driven.lasted_ns > MOST_CPU_RATIO;
  const sustained = on_schedule && judged.good >= SUSTAINED_RATIO * judged.judged;
  if (!sustained) await restAt(program, Math.max(1, Math.floor(per_s / 4)), signal);
  return { per_s, sustained, client_limited };
}

/** Waits until the servers have worked off what is left of a rate that was too high. */
async function restAt(program: DhcpProgram, per_s: number, signal?: AbortSignal): Promise<void> {
  await program.setRate(per_s);
  await waitUntil({
    what: `the DHCP servers to keep up with ${per_s} exchanges/s again`,
    timeout_ms: REST_TIMEOUT_MS,
    interval_ms: 100,
    signal,
    check: async () => {
      const { good_streak, stage } = await program.status();
      return good_streak >= Math.min(GOOD_STREAK, per_s) && stage!.good > 0;
    },
  });
}

class RunningLoad implements RunningProbe {
  readonly name: string;
  readonly #program: DhcpProgram;
  readonly #found: FoundRate;

  constructor(name: string, program: DhcpProgram, found: FoundRate) {
    this.name = name;
    this.#program = program;
    this.#found = found;
  }

  async trouble(): Promise<string | undefined> {
    const { good_streak, stage } = await this.#program.status();
    // Of the share that is held, not of the search before it.
    if (good_streak >= GOOD_STREAK && stage && stage.good >= GOOD_STREAK) return undefined;
    return `at ${stage?.per_s} exchanges/s the last ${good_streak} in a row got an address at their first try`;
  }

  async settled(since_ns: LabTime): Promise<boolean> {
    const { good_streak, seen_working_since_ns } = await this.#program.status();
    return good_streak >= GOOD_STREAK && seen_working_since_ns !== null && seen_working_since_ns > since_ns;
  }

  async stop(): Promise<Records> {
    const exchanges = await this.#program.finish();
    await this.abandon();
    const names = loadRecordNames(this.name);
    return { [names.exchanges]: exchanges, [names.search]: Buffer.from(`${JSON.stringify(this.#found)}\n`) };
  }

  abandon(): Promise<void> {
    return this.#program.end();
  }
}
