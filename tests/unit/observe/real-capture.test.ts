import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ForwardingCollector } from '../../../harness/observe/forwarding.ts';
import { framesOf } from '../../../harness/observe/frame.ts';
import { openPcap } from '../../../harness/observe/pcap.ts';
import { vrrpTimeline } from '../../../harness/observe/vrrp-timeline.ts';
import { abruptTakeoverBound, masterDownMs } from '../../../harness/systems/vrrp/findings/vrrp-bounds.ts';
import { vrrpEventsOf } from './vrrp-events-of.ts';

/**
 * keepalived 2.2.7, VRRPv3 at 0.1 s, priorities 100 and 50; the bridge ports of the master were set down by
 * EPOCH + 1 s. One file is of the bridge (Ethernet, ns), the other of all its ports (`-i any`, SLL2, µs).
 */
const EPOCH = 1_795_362_955_869_368_712n;
const FAULT_NS = 1_000_000_000;
const NEW_MAC = '02:00:00:00:00:12';
const question = { vrid: 7, fault_ns: FAULT_NS };
const load = (name: string) =>
  openPcap(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url)), name);

describe.each([
  ['vrrp-takeover.pcap', 'ethernet', 1],
  ['vrrp-takeover-any.pcap', 'sll2', 1000],
] as const)('%s', (name, link_type, resolution_ns) => {
  const pcap = load(name);
  const events = vrrpEventsOf(framesOf(pcap, EPOCH));
  const seen = vrrpTimeline(events, question);

  it('is read whole', () => {
    expect(pcap).toMatchObject({ link_type, truncated: false });
  });

  it('shows the takeover that the protocol predicts', () => {
    const timers = { advert_ms: 100, priority: 50, version: 3 } as const;
    expect(seen.old_owner?.ip).toBe('198.18.0.11');
    expect(seen.new_owner).toEqual({ ip: '198.18.0.12', mac: NEW_MAC });
    expect(seen.graceful).toBe(false);
    expect(seen.announced_interval_ms).toBe(100);
    expect(Math.abs(seen.advert_interval_ms! - 100)).toBeLessThan(1);
    expect(Math.abs(seen.detection_ms! - masterDownMs(timers))).toBeLessThan(1);
    const takeover_ms = (seen.first_advert_ns! - FAULT_NS) / 1e6;
    const { low, high } = abruptTakeoverBound(timers);
    expect(takeover_ms).toBeGreaterThan(low);
    expect(takeover_ms).toBeLessThan(high);
    expect((seen.first_garp_ns! - seen.first_advert_ns!) / 1e6).toBeCloseTo(4.115, 2);
  });

  it('gives the moments that tcpdump prints', () => {
    const printed_ns = Number(1_795_362_957_227_547_000n - EPOCH);
    expect(Math.abs(seen.first_advert_ns! - printed_ns)).toBeLessThan(1000 + resolution_ns);
  });
});

it('finds the first packet that the new owner forwarded', () => {
  const forwarded = (macs: string[]) => {
    const collector = new ForwardingCollector({ ports: [7001], macs, since_ns: FAULT_NS });
    for (const frame of framesOf(load('vrrp-takeover.pcap'), EPOCH)) collector.take(frame);
    return collector.of(macs).answer_ns;
  };
  const printed_ns = Number(1_795_362_957_249_037_000n - EPOCH);
  expect(Math.abs(forwarded([NEW_MAC])! - printed_ns)).toBeLessThan(1000);
  expect(forwarded(['02:00:00:00:00:11'])).toBeUndefined();
  expect(forwarded([])).toBeUndefined();
  expect(forwarded(['no mac'])).toBeUndefined();
});
