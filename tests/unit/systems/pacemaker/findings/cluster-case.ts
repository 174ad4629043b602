import type { ClusterFacts } from '../../../../../harness/journal/cluster-facts.ts';
import type { ClusterRecord } from '../../../../../harness/journal/system-records.ts';
import type { AddressEvent, PowerEvent } from '../../../../../harness/journal/trial-facts.ts';
import {
  type ClusterFindings,
  clusterFindings,
} from '../../../../../harness/systems/pacemaker/findings/cluster.ts';
import {
  clusterRecords,
  stateMetrics,
} from '../../../../../harness/systems/pacemaker/findings/cluster-views.ts';
import { vipTaking } from '../../../../../harness/systems/pacemaker/findings/cluster-vip-changes.ts';
import { answersSince } from '../../../../../harness/systems/shared-address.ts';
import { FAULT, FAULT_NS, MS, R1_MACS, R2_MACS, WINDOWS, wireOf } from '../../../analysis/takeovers.ts';
import { ethernet, garpFrame, ipv4, tcp } from '../../../observe/builder.ts';
import { ACK, SYN } from '../../../observe/conversation.ts';
import { frameOf } from '../../../observe/frames.ts';
import { done, EPOCH_NS, failed, sample } from './cluster-trial.ts';

export const at = (ms: number) => FAULT_NS + ms * MS;
export const VIP = '198.18.1.100';
export const HEAL_MS = (WINDOWS.heal_ns - FAULT_NS) / MS;

/** Frames and address changes; times count from the fault. */
export const garp = (ms: number, mac: string, address = VIP) => frameOf(garpFrame(mac, address), at(ms));
export const answer = (ms: number, mac: string, flags = SYN | ACK) =>
  frameOf(ethernet(0x0800, ipv4(6, tcp(flags, 1, 1, []), { source: VIP }), { source: mac }), at(ms));
export const moved = (
  ms: number,
  node: string,
  change: AddressEvent['change'],
  address = VIP,
): AddressEvent => ({
  at_ns: at(ms),
  node,
  change,
  address,
});

/** Two members; the first has the address. */
export const FACTS: ClusterFacts = {
  name: 'lb',
  members: [
    { node: 'lb1', macs: R1_MACS },
    { node: 'lb2', macs: R2_MACS },
  ],
  cib: 'cib',
  vips: [{ resource: 'vip', address: VIP, owner: 'lb1' }],
  views: [
    { when: 'before', at_ns: 1, node: 'lb1', file: 'crm-before' },
    { when: 'during', at_ns: 2, node: 'lb2', file: 'crm-during' },
  ],
  alerts: [
    { node: 'lb1', file: 'alerts-lb1' },
    { node: 'lb2', file: 'alerts-lb2' },
  ],
};
const ALERTS = {
  'alerts-lb1': `${failed(400)}${done(500, 'stop', { resource: 'haproxy' })}${done(700, 'stop')}`,
  'alerts-lb2':
    done(900, 'start', { node: 'lb2' }) +
    done(1000, 'start', { node: 'lb2', resource: 'haproxy', exec_ms: 60 }),
};
/** HAProxy dies on the first, and all goes to the second. */
export const FILES = {
  cib: sample('cib.xml'),
  'crm-before': sample('crm_mon-healthy.xml'),
  'crm-during': sample('crm_mon-after-kill.xml'),
  ...ALERTS,
};
export const TAKEN = [moved(690, 'lb1', 'removed'), moved(880, 'lb2', 'added')];
const FRAMES = [answer(-5, R1_MACS[0]!), garp(910, R2_MACS[0]!), answer(1010, R2_MACS[0]!)];

export interface Case {
  facts?: Partial<ClusterFacts>;
  files?: Record<string, string>;
  events?: AddressEvent[];
  frames?: typeof FRAMES;
  power?: PowerEvent[];
}
type Found = ClusterFindings & { records: ClusterRecord[] };

/** What is found of the only fault where this is different, with what crm_mon said. */
export function found({ facts, files, events = TAKEN, frames = FRAMES, power = [] }: Case = {}): Found {
  const clusters = [{ ...FACTS, ...facts }];
  const answers = answersSince(
    clusters[0]!.vips.map((vip) => [vip.address, vipTaking(vip, clusters[0]!, events, WINDOWS)] as const),
  );
  for (const frame of frames) answers.take(frame);
  const texts = Object.entries({ ...FILES, ...files }).map(([name, text]) => [name, Buffer.from(text)]);
  const kept = Object.fromEntries(texts);
  const seen = {
    garps: wireOf(frames).vrrp.garps,
    heard: () => [],
    answers,
    address_events: events,
    power,
    epoch_ns: EPOCH_NS,
  };
  const one = clusterFindings(clusters[0]!, kept, seen, {
    fault: FAULT,
    number: 1,
    windows: WINDOWS,
    next_ns: WINDOWS.end_ns,
  });
  const records = clusterRecords(clusters[0]!, kept);
  return { ...one, records, metrics: { ...one.metrics, ...stateMetrics(records) } };
}

/** Alerts of nobody. */
export const QUIET = { 'alerts-lb1': '', 'alerts-lb2': '' };
