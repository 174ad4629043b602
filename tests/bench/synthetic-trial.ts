import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TRIAL_FACTS_FILE } from '../../harness/analysis/trial-folder.ts';
import { RUN_FACTS_SCHEMA, type RunFacts } from '../../harness/journal/run-facts.ts';
import { TRIAL_FACTS_SCHEMA, type TrialFacts } from '../../harness/journal/trial-facts.ts';
import { ethernet, ipv4, udp } from '../unit/observe/builder.ts';

const EPOCH_S = 1_795_000_000;
const MS = 1e6;
const PCAP_HEADER = [0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 2, 0, 0, 1, 0, 0, 0];
const ROUTERS = { r1: '02:00:00:00:00:11', r2: '02:00:00:00:00:12' };
const OUTAGE_MS = 3300;
/** Behind the Ethernet, IPv4 and UDP headers, the magic, the sender and the number's upper half. */
const SEQ_AT = 14 + 20 + 8 + 16;

/** A trial as a drill with one UDP probe at 1 ms leaves it, without the drill: `seconds` long, two segments. */
export async function writeSyntheticTrial(folder: string, seconds: number): Promise<RunFacts> {
  const fault_ms = seconds * 500;
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'inside.pcap'), capture(seconds, fault_ms, '198.18.1.10'));
  await writeFile(path.join(folder, 'outside.pcap'), capture(seconds, fault_ms, '203.0.113.10'));
  await writeFile(path.join(folder, 'udp.csv'), records(seconds, fault_ms));
  await writeFile(path.join(folder, 'udp-server.csv'), arrivals(seconds, fault_ms));
  await writeFile(path.join(folder, TRIAL_FACTS_FILE), JSON.stringify(facts(seconds, fault_ms)));
  return run();
}

/** One datagram and its answer every millisecond; in the outage the datagram alone, and only inside. */
function capture(seconds: number, fault_ms: number, client: string): Uint8Array {
  const port = 40_000;
  const sender = [1, 2, 3, 4, 5, 6, 7, 8];
  const datagram = (echoed: number) => [
    ...Buffer.from('HDU1'),
    ...sender,
    ...Array<number>(23).fill(0),
    echoed,
  ];
  const ends = { source: client, destination: '203.0.113.1' };
  const back = { source: ends.destination, destination: ends.source };
  const frames = (router: string) => [
    Uint8Array.from(ethernet(0x0800, ipv4(17, udp(port, 7001, datagram(0)), ends), { source: router })),
    Uint8Array.from(ethernet(0x0800, ipv4(17, udp(7001, port, datagram(1)), back), { source: router })),
  ];
  const [before, after] = [frames(ROUTERS.r1), frames(ROUTERS.r2)];
  const length = 16 + before[0]!.length;
  const bytes = new Uint8Array(PCAP_HEADER.length + 2 * seconds * 1000 * length);
  bytes.set(PCAP_HEADER);
  let at = PCAP_HEADER.length;
  const view = new DataView(bytes.buffer);
  for (let ms = 0; ms < seconds * 1000; ms += 1) {
    if (isLost(ms, fault_ms)) continue;
    for (const [i, frame] of (ms < fault_ms ? before : after).entries()) {
      view.setUint32(at, EPOCH_S + Math.floor(ms / 1000), true);
      view.setUint32(at + 4, (ms % 1000) * MS + 100_000 * (i + 1), true);
      view.setUint32(at + 8, frame.length, true);
      view.setUint32(at + 12, frame.length, true);
      bytes.set(frame, at + 16);
      view.setUint32(at + 16 + SEQ_AT, ms);
      at += length;
    }
  }
  return bytes.subarray(0, at);
}

function records(seconds: number, fault_ms: number): string {
  const lines = ['seq,sent_ns,echoed_ns,received_ns'];
  for (let ms = 0; ms < seconds * 1000; ms += 1) {
    const sent = ms * MS;
    lines.push(
      isLost(ms, fault_ms) ? `${ms},${sent},,` : `${ms},${sent},${sent + 200_000},${sent + 400_000}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Which requests reached the server. */
function arrivals(seconds: number, fault_ms: number): string {
  const lines = ['seq,echoed_ns'];
  for (let ms = 0; ms < seconds * 1000; ms += 1)
    if (!isLost(ms, fault_ms)) lines.push(`${ms},${ms * MS + 200_000}`);
  return `${lines.join('\n')}\n`;
}

function isLost(ms: number, fault_ms: number): boolean {
  return ms >= fault_ms && ms < fault_ms + OUTAGE_MS;
}

function facts(seconds: number, fault_ms: number): TrialFacts {
  const fault_ns = fault_ms * MS;
  const heal_ns = (seconds - 5) * 1000 * MS;
  return {
    schema: TRIAL_FACTS_SCHEMA,
    index: 1,
    epoch_ns: `${EPOCH_S}000000000`,
    faults: [],
    fault: {
      label: 'crash',
      before_ns: fault_ns,
      after_ns: fault_ns,
      departure: 'abrupt',
      stops_forwarding: true,
    },
    windows: { fault_ns, heal_ns, healed_ns: heal_ns, end_ns: seconds * 1000 * MS },
    routers: [
      {
        name: 'router',
        vrid: 1,
        vip: '198.18.1.1',
        owner: 'r1',
        members: Object.entries(ROUTERS).map(([node, mac]) => ({ node, macs: [mac] })),
      },
    ],
    address_events: [
      { at_ns: fault_ns + OUTAGE_MS * MS, node: 'r2', change: 'added', address: '198.18.1.1' },
    ],
    conntrack_fillings: [],
    pressure: [],
    captures: ['inside', 'outside'].map((segment) => ({
      segment,
      file: `${segment}.pcap`,
      dropped: 0,
      full: false,
    })),
    audits: [],
  };
}

function run(): RunFacts {
  return {
    schema: RUN_FACTS_SCHEMA,
    drill: 'synthetic',
    topology: 'synthetic',
    profile: 'default',
    seed: 1,
    started_at: '2026-01-01T00:00:00.000000000Z',
    environment: { kernel: '', engine: '', cpus: 2, load: [], images: {}, versions: {} },
    probes: [{ name: 'udp', kind: 'udp', options: { kind: 'udp', port: 7001, interval: 1 } }],
    hold: { steady_ms: 0, takeover_ms: 0, recovery_ms: 0, settled_ms: 0, rejoin_ms: 0 },
    expect: [],
  };
}
