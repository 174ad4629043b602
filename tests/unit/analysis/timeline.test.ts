import { describe, expect, test } from 'vitest';
import type { ProbeResult } from '../../../harness/analysis/probe-results.ts';
import { timelineOf } from '../../../harness/analysis/timeline.ts';
import type { Moment } from '../../../harness/evidence/moment.ts';
import { TIMELINE_EVENTS } from '../../../harness/journal/timeline-event.ts';
import type { AddressEvent, TrialFacts } from '../../../harness/journal/trial-facts.ts';
import type { ProbeFindings } from '../../../harness/probes/probe.ts';
import { udp } from '../../../harness/probes/udp/udp.ts';
import {
  fillingMoments,
  ownerMoments,
  routerMoments,
} from '../../../harness/systems/vrrp/findings/router-moments.ts';
import type { RouterFindings } from '../../../harness/systems/vrrp/findings/virtual-router.ts';
import { FAULT, FAULT_NS, findings, MS, WINDOWS } from './takeovers.ts';

const at = (ms: number) => FAULT_NS + ms * MS;
const FACTS = { fault: FAULT } as TrialFacts;
const filling = { node: 'r2', first_ns: at(350), last_ns: at(361), entries: 9, complete: true };
const outage = (from_ms: number, to_ms: number, open = false) => ({
  start_ns: at(from_ms),
  end_ns: at(to_ms),
  outage_ms: to_ms - from_ms,
  outage_error_ms: 1,
  loss_derived_ms: to_ms - from_ms,
  lost: 10,
  open,
});
const probe = (name: string, change: Partial<ProbeFindings>): ProbeResult => ({
  probe: { name, kind: 'udp', options: {} },
  kind: udp,
  findings: { metrics: {}, outages: [], open: [], doubts: [], ...change },
});
/** After everything else. */
const OTHERS: Moment[] = [
  { at_ns: at(90_000), event: 'client-state', detail: 'c: REBINDING' },
  { at_ns: at(91_000), event: 'rescheduled', detail: 'net1 moves' },
  { at_ns: at(91_500), event: 'silent', detail: 'lb1 is last heard' },
  { at_ns: at(92_000), event: 'detected', detail: 'lb1 is lost' },
  { at_ns: at(92_100), event: 'fencing', detail: 'lb2 asks for lb1' },
  { at_ns: at(92_200), event: 'power-off', detail: 'the BMC turns lb1 off' },
  { at_ns: at(92_300), event: 'fenced', detail: 'lb1 is fenced' },
  { at_ns: at(92_400), event: 'power-on', detail: 'the BMC turns lb1 on' },
  { at_ns: at(93_000), event: 'stopped', detail: 'vip is stopped' },
  { at_ns: at(94_000), event: 'started', detail: 'vip is started' },
  { at_ns: at(95_000), event: 'system', detail: 'the beacon is silent' },
];
const momentsOf = (found: RouterFindings) => [
  ...routerMoments(found, WINDOWS),
  ...ownerMoments(found, FAULT, WINDOWS),
];
const lines = (routers: RouterFindings[], probes: ProbeResult[]) =>
  timelineOf(FACTS, WINDOWS, probes, routers.flatMap(momentsOf));

describe('timelineOf', () => {
  test('tells everything in order of time, after the fault, with every kind of event', () => {
    const partial = {
      start_ns: at(800),
      end_ns: at(900),
      degraded_ms: 100,
      degraded_error_ms: 5,
      loss_ratio: 0.5,
      ratio_low: 0.3,
      ratio_high: 0.7,
      lost: 10,
      longest_run: 3,
      open: false,
    };
    const found = {
      outages: [{ ...outage(2, 346), direction: 'to-client' as const }],
      partial_loss: [partial],
    };
    const probes = [probe('udp', found), probe('tcp', { resumed_ns: at(700) })];
    const changes: AddressEvent[] = [
      ...findings().changes,
      { at_ns: at(2500), node: 'r2', change: 'removed', address: findings().router.vip },
    ];
    const events = timelineOf(FACTS, WINDOWS, probes, [
      ...momentsOf(findings({ changes })),
      ...fillingMoments(filling),
      ...OTHERS,
    ]);
    expect(events.map(({ at_ms, detail }) => `${at_ms} ${detail}`)).toEqual([
      "-40 last advertisement of r1 for virtual router 'router'",
      '0 crash of host:node1 (r1)',
      '2 udp: no service: requests reach the server, its answers do not come back',
      "340 first advertisement of r2 for virtual router 'router'",
      '341 198.18.0.1 is on r2',
      '342 first gratuitous ARP of r2',
      "344 r2 sends a client's packet on",
      '345 r2 sends an answer back to a client',
      '346 udp: service again',
      '350 the first session is put into the connection table of r2',
      '361 the last of 9 sessions is in the connection table of r2',
      '700 tcp: the last session goes on',
      '800 udp: 50 % are lost',
      '900 udp: no longer',
      '2500 198.18.0.1 is no longer on r2',
      '5000 healing began',
      '5500 healed',
      '90000 c: REBINDING',
      '91000 net1 moves',
      '91500 lb1 is last heard',
      '92000 lb1 is lost',
      '92100 lb2 asks for lb1',
      '92200 the BMC turns lb1 off',
      '92300 lb1 is fenced',
      '92400 the BMC turns lb1 on',
      '93000 vip is stopped',
      '94000 vip is started',
      '95000 the beacon is silent',
    ]);
    // Their counterparts in IPv6.
    const there = new Set([...events.map(({ event }) => event), 'first-na', 'router-advert']);
    expect(there).toEqual(new Set(TIMELINE_EVENTS));
  });

  test('tells of each of several faults, and of what was healed before the others', () => {
    const later = (label: string, ms: number) => ({ ...FAULT, label, after_ns: at(ms) });
    const mended = { from_ns: at(900), until_ns: at(950) };
    const facts: TrialFacts = {
      ...FACTS,
      later_faults: [{ ...later('hang of r2/keepalived', 700), mended }, later('crash of r2', 2000)],
    };
    const events = timelineOf(facts, WINDOWS, []);
    expect(events.map(({ at_ms, event, detail }) => `${at_ms} ${event}: ${detail}`)).toEqual([
      '0 fault: crash of host:node1 (r1)',
      '700 fault: hang of r2/keepalived',
      '900 heal: healing began: hang of r2/keepalived',
      '950 node-back: healed: hang of r2/keepalived',
      '2000 fault: crash of r2',
      '5000 heal: healing began',
      '5500 node-back: healed',
    ]);
  });

  test('has no healing at the end when each fault was healed before', () => {
    const mended = { from_ns: at(900), until_ns: at(950) };
    const events = timelineOf({ ...FACTS, fault: { ...FAULT, mended } }, WINDOWS, []);
    expect(events.map(({ at_ms, event }) => `${at_ms} ${event}`)).toEqual([
      '0 fault',
      '900 heal',
      '950 node-back',
    ]);
  });

  test('says of a goodbye that it is one', () => {
    const router = findings();
    router.timeline.graceful = true;
    expect(lines([router], [])[0]!.detail).toMatch(/ for virtual router 'router', with priority 0$/);
  });

  test('leaves out what was not seen', () => {
    const router = findings({ address_ns: undefined, forwarded_ns: undefined, answer_ns: undefined });
    router.timeline.first_advert_ns = undefined;
    router.timeline.first_garp_ns = undefined;
    router.changes = [];
    const events = lines([router], []).map(({ event }) => event);
    expect(events).toEqual(['last-advert', 'fault', 'heal', 'node-back']);
  });

  test('has each of several outages, and no end of one that is open', () => {
    const outages = [outage(2, 300), outage(400, 500), outage(5100, 7000, true)];
    const events = lines([], [probe('udp', { outages })]);
    expect(
      events.filter(({ event }) => event.startsWith('outage')).map(({ at_ms, event }) => [at_ms, event]),
    ).toEqual([
      [2, 'outage'],
      [300, 'outage-end'],
      [400, 'outage'],
      [500, 'outage-end'],
      [5100, 'outage'],
    ]);
  });
});
