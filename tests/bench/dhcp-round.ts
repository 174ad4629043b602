import type { Engine } from '../../harness/engine/connect.ts';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { sendJitterMs } from '../../harness/outage/send-gaps.ts';
import { tryRate } from '../../harness/probes/dhcp/dhcp-load.ts';
import { DhcpProgram, type DhcpStatus } from '../../harness/probes/dhcp/dhcp-program.ts';
import { dhcpRecordsOf } from '../../harness/probes/dhcp/dhcp-records.ts';
import { portsOf } from '../../harness/probes/dhcp/network-ports.ts';
import { searchRate } from '../../harness/probes/dhcp/rate-search.ts';
import { asRequests, COLLECT_MS } from '../../harness/probes/dhcp/records/dhcp-exchanges.ts';
import { loadNetworks } from '../../harness/systems/dhcp/config/load-networks.ts';
import { LATE_MS } from '../../harness/systems/dhcp/findings/dhcp-bounds.ts';
import { NeutronServer } from '../../harness/systems/dhcp/live/neutron-server.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';

const TOPOLOGY = 'topologies/dhcp/dhcp-load.clab.yml';
const SERVER = 'dhcp1-node1';
const LAB = 'bench-dhcp';
const NAME = 'bench';
/** How long a rate is held to be measured. */
const HELD_MS = 5000;
const SEARCH = { from: 10, step_factor: 1.5, step_ms: 2000, most: 20_000 };
/** Of the highest rate: what processor time is measured at, and what the probe must manage to send. */
const SHARE = 0.8;
const OVERLOAD = 3;
/** proc_stat(5); what every Linux reports. */
const TICKS_PER_S = 100;

export interface DhcpCost {
  /** Client identities that the server knows. */
  ports: number;
  /** The highest rate that one dnsmasq sustains, in exchanges/s, and what the limit was. */
  highest_rate: number;
  limit: string;
  /** At four fifths of it: processor time per exchange, and as a share of one processor. */
  held_rate: number;
  probe_us_per_exchange: number;
  dnsmasq_us_per_exchange: number;
  probe_cpu_ratio: number;
  dnsmasq_cpu_ratio: number;
  /** At three times the highest rate: what the probe was to send, what it sent, and how late. */
  overload_rate: number;
  overload_sent_rate: number;
  overload_probe_cpu_ratio: number;
  overload_latest_ms: number;
  overload_jitter_p99_ms: number;
}

/** What the DHCP probe costs beside one real dnsmasq, and whether it can drive more than that can serve. */
export async function dhcpCost(engine: Engine): Promise<DhcpCost> {
  const env = { DHCP_AGENTS_PER_NETWORK: '1' };
  const topology = await loadTopology(TOPOLOGY, { env });
  const networks = await loadNetworks(topology, env);
  if (!networks) throw new Error(`${TOPOLOGY} has no DHCP agents`);
  const onLab = (lab: Lab) => void NeutronServer.create(lab, networks);
  const lab = await up(engine, topology, { name: LAB, onLab });
  try {
    const cost = await measure(lab);
    return { ports: networks.networks[0]!.ports.length, ...cost };
  } finally {
    await lab.down();
  }
}

async function measure(lab: Lab): Promise<Omit<DhcpCost, 'ports'>> {
  const program = await DhcpProgram.start(lab, NAME, {
    from: 'tester',
    interface: 'net1',
    clients: portsOf(lab, 'net1', 0),
    late_ms: LATE_MS,
    collect_ms: COLLECT_MS,
    release: false,
    rate: SEARCH.from,
    held: 0,
    retransmit_ms: 4000,
    give_up_ms: 2000,
    broadcast: false,
    reuse: true,
    realtime: true,
  });
  await waitUntil({
    what: 'dnsmasq to answer',
    timeout_ms: 20_000,
    check: async () => (await program.status()).measuring,
  });
  const most = Math.min(SEARCH.most, program.ports);
  const found = await searchRate({ ...SEARCH, most }, (per_s) => tryRate(program, per_s, SEARCH.step_ms));
  const held_rate = Math.max(1, Math.floor(SHARE * found.highest));
  const before_s = await dnsmasqSeconds(lab);
  const held = await hold(program, held_rate);
  const dnsmasq_s = (await dnsmasqSeconds(lab)) - before_s;
  const lasted_s = held.lasted_ns / 1e9;
  const overload_rate = OVERLOAD * found.highest;
  const overload = await hold(program, overload_rate);
  const records = dhcpRecordsOf({ [NAME]: await program.finish() }, NAME);
  const driven = records.exchanges.filter(({ seq }) => seq >= records.rates.at(-1)!.from_seq);
  return {
    highest_rate: found.highest,
    limit: found.limit,
    held_rate,
    probe_us_per_exchange: held.cpu_ns / 1000 / held.begun,
    dnsmasq_us_per_exchange: (dnsmasq_s * 1e6) / held.begun,
    probe_cpu_ratio: held.cpu_ns / held.lasted_ns,
    dnsmasq_cpu_ratio: dnsmasq_s / lasted_s,
    overload_rate,
    overload_sent_rate: overload.begun / (overload.lasted_ns / 1e9),
    overload_probe_cpu_ratio: overload.cpu_ns / overload.lasted_ns,
    overload_latest_ms: overload.max_lateness_ns / 1e6,
    overload_jitter_p99_ms: sendJitterMs(asRequests(driven), 1000 / overload_rate, 0.99),
  };
}

async function hold(program: DhcpProgram, per_s: number): Promise<NonNullable<DhcpStatus['stage']>> {
  await program.setRate(per_s);
  await sleep(HELD_MS);
  return (await program.status()).stage!;
}

/** Processor time that dnsmasq has taken since its start. */
async function dnsmasqSeconds(lab: Lab): Promise<number> {
  const { stdout } = await lab.exec(SERVER, ['sh', '-c', 'cat /proc/$(pgrep -x dnsmasq)/stat']);
  // utime and stime, counted from behind the name of the program.
  const fields = stdout.slice(stdout.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}
