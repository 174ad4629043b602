import { describe, expect, it } from 'vitest';
import { ethernetFrame } from '../../../harness/observe/frame.ts';
import { VrrpCollector } from '../../../harness/observe/vrrp-events.ts';
import { vrrpTimeline } from '../../../harness/observe/vrrp-timeline.ts';
import { type Advert, advertFrame, garpFrame } from './builder.ts';
import { neighborFrame } from './message-builder.ts';
import { vrrpEventsOf } from './vrrp-events-of.ts';

const MS = 1_000_000;
const OLD = { source: '198.18.0.11', mac: '02:00:00:00:00:11', advert_int_ms: 100 };
const NEW = { source: '198.18.0.12', mac: '02:00:00:00:00:12', advert_int_ms: 100, priority: 50 };

type Sent = [at_ms: number, bytes: number[]];
const says = (at_ms: number, advert: Advert): Sent => [at_ms, advertFrame(advert)];
const steady = [0, 100, 200, 300].map((at) => says(at, OLD));

function timeline(sent: Sent[], fault_ms: number, vips: string[] = [], family?: 4 | 6) {
  const frames = sent.map(([at, bytes]) => ethernetFrame(at * MS, Uint8Array.from(bytes), 0, bytes.length)!);
  return vrrpTimeline(vrrpEventsOf(frames), {
    vrid: 7,
    fault_ns: fault_ms * MS,
    vips,
    ...(family ? { family } : {}),
  });
}

describe('vrrpTimeline', () => {
  it('sees an abrupt takeover', () => {
    const seen = timeline(
      [...steady, says(680, NEW), [681, garpFrame(NEW.mac, '198.18.0.1')], says(780, NEW)],
      350,
    );
    expect(seen).toEqual({
      old_owner: { ip: '198.18.0.11', mac: '02:00:00:00:00:11' },
      last_advert_ns: 300 * MS,
      new_owner: { ip: '198.18.0.12', mac: '02:00:00:00:00:12' },
      first_advert_ns: 680 * MS,
      first_advert: expect.objectContaining({ at_ns: 680 * MS, version: 3 }),
      detection_ms: 380,
      first_garp_ns: 681 * MS,
      garp_mac: NEW.mac,
      advert_interval_ms: 100,
      announced_interval_ms: 100,
      graceful: false,
    });
  });

  it('counts an advert of the old owner that came after the fault', () => {
    const seen = timeline([...steady, says(351, OLD), says(700, NEW)], 350);
    expect(seen).toMatchObject({ last_advert_ns: 351 * MS, detection_ms: 349 });
  });

  it('sees a graceful one: priority 0, then the skew', () => {
    const seen = timeline([...steady, says(350, { ...OLD, priority: 0 }), says(430, NEW)], 349);
    expect(seen).toMatchObject({ graceful: true, last_advert_ns: 350 * MS, detection_ms: 80 });
  });

  it('counts from what came to the segment of the new owner, where each router has one of its own', () => {
    const on = (segment: string, sent: Sent[]) =>
      sent.map(([at, bytes]) => ({
        frame: ethernetFrame(at * MS, Uint8Array.from(bytes), 0, bytes.length)!,
        segment,
      }));
    const vrrp = new VrrpCollector();
    // From 350 ms on the old owner is heard on its own wire alone.
    const all = [
      ...on('w4', [...steady, says(400, OLD), says(500, OLD), says(600, OLD)]),
      ...on('w6', [...[1, 101, 201, 301].map((at) => says(at, OLD)), says(681, NEW)]),
    ];
    for (const { frame, segment } of all) vrrp.take(frame, segment);
    expect(vrrpTimeline(vrrp.result(), { vrid: 7, fault_ns: 350 * MS })).toMatchObject({
      last_advert_ns: 301 * MS,
      unheard: true,
      detection_ms: 380,
      advert_interval_ms: 100,
    });
  });

  it('leaves undefined what did not happen', () => {
    const seen = timeline([...steady, says(400, OLD)], 350);
    expect(seen).toMatchObject({ last_advert_ns: 400 * MS, graceful: false });
    expect(seen.new_owner ?? seen.first_advert_ns ?? seen.detection_ms ?? seen.first_garp_ns).toBeUndefined();
    expect(timeline([], 350)).toMatchObject({ old_owner: undefined, last_advert_ns: undefined });
  });

  it('ignores other virtual routers, and the priority 0 of one that never was master', () => {
    const seen = timeline(
      [...steady, says(360, { ...NEW, vrid: 8 }), says(370, { ...NEW, priority: 0 }), says(680, NEW)],
      350,
    );
    expect(seen.first_advert_ns).toBe(680 * MS);
  });

  it('is not confused by the return of the old owner', () => {
    const seen = timeline([...steady, says(680, NEW), says(780, NEW), says(2000, OLD)], 350);
    expect(seen).toMatchObject({ last_advert_ns: 300 * MS, detection_ms: 380 });
  });

  it('tells routers apart that share a virtual MAC', () => {
    const mac = '00:00:5e:00:01:07';
    const seen = timeline(
      [
        ...[0, 100].map((at) => says(at, { ...OLD, mac })),
        says(480, { ...NEW, mac }),
        [481, garpFrame(mac, '198.18.0.1')],
      ],
      150,
    );
    expect(seen).toMatchObject({ detection_ms: 380, first_garp_ns: 481 * MS });
  });

  it('takes the ARP of an address that the adverts leave out only when it is told that address', () => {
    const sent: Sent[] = [...steady, says(680, NEW), [683, garpFrame('02:00:00:00:01:12', '203.0.113.1')]];
    expect(timeline(sent, 350).first_garp_ns).toBeUndefined();
    expect(timeline(sent, 350, ['203.0.113.1'])).toMatchObject({
      first_garp_ns: 683 * MS,
      garp_mac: '02:00:00:00:01:12',
    });
  });

  it('takes the neighbour advertisement of an address of IPv6 in its place, and of two families the one asked for', () => {
    const sent: Sent[] = [
      ...[...steady, says(680, NEW)],
      [681, garpFrame(NEW.mac, '198.18.0.1')],
      [682, neighborFrame({ target: '2001:db8::1', target_mac: NEW.mac })],
    ];
    expect(timeline(sent, 350, [], 6)).toMatchObject({ first_garp_ns: 682 * MS, garp_mac: NEW.mac });
    expect(timeline(sent, 350, [], 4)).toMatchObject({ first_garp_ns: 681 * MS });
    const vip = timeline([...steady, says(680, NEW), sent.at(-1)!], 350, ['2001:db8::1'], 6);
    expect(vip).toMatchObject({ first_garp_ns: 682 * MS });
  });

  it('takes no ARP of the old owner, and none from before the takeover', () => {
    const early: Sent[] = [[600, garpFrame(NEW.mac, '198.18.0.1')]];
    const old: Sent[] = [[690, garpFrame(OLD.mac, '198.18.0.1')]];
    expect(timeline([...steady, ...early, says(680, NEW), ...old], 350).first_garp_ns).toBeUndefined();
  });

  it('counts the copies of an advert at other bridge ports as one, and sorts', () => {
    const copies = [0, 100, 200].flatMap((at) => [says(at + 0.03, OLD), says(at, OLD), says(at + 0.04, OLD)]);
    const seen = timeline([...copies, says(580, NEW)], 250);
    expect(seen).toMatchObject({ advert_interval_ms: 100, last_advert_ns: 200 * MS, detection_ms: 380 });
  });
});
