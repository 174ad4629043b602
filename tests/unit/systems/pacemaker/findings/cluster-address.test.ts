import { describe, expect, test } from 'vitest';
import type { AddressEvent } from '../../../../../harness/journal/trial-facts.ts';
import { R1_MACS, R2_MACS } from '../../../analysis/takeovers.ts';
import { ACK, RST } from '../../../observe/conversation.ts';
import { answer, at, type Case, FACTS, found, garp, HEAL_MS, moved, QUIET, TAKEN } from './cluster-case.ts';

describe('an address', () => {
  const metrics = (one: Case) => found({ files: QUIET, ...one }).metrics;

  test('that nobody took has no numbers but its holders', () => {
    const seen = metrics({ events: [] });
    expect(seen).not.toHaveProperty('address_ms');
    expect(seen).not.toHaveProperty('takeover_ms');
    expect(seen.owners_max).toBe(1);
  });

  test.each<[string, AddressEvent]>([
    ['of somebody else', moved(880, 'lb2', 'added', '198.18.1.101')],
    ['on a node that is not a member', moved(880, 'client', 'added')],
  ])('%s is none of it', (_, event) => {
    expect(metrics({ events: [event] })).not.toHaveProperty('address_ms');
  });

  test('that the fault itself removes, before its system call is over, is not held any more', () => {
    expect(metrics({ events: [moved(-0.1, 'lb1', 'removed'), moved(300, 'lb2', 'added')] })).toMatchObject({
      ...{ address_ms: 300, owners_max: 1 },
    });
  });

  test('may come back to the member that had it, restarted in place', () => {
    const events = [moved(300, 'lb1', 'removed'), moved(500, 'lb1', 'added')];
    const frames = [answer(100, R1_MACS[0]!), answer(520, R1_MACS[0]!)];
    expect(metrics({ events, frames })).toMatchObject({
      ...{ address_ms: 500, takeover_ms: 520, owners_max: 1 },
    });
  });

  test('answers by the wire that took it, with any of the member’s interfaces', () => {
    expect(metrics({ frames: [answer(1000, R1_MACS[0]!), answer(1200, R2_MACS[1]!)] }).takeover_ms).toBe(
      1200,
    );
    expect(metrics({ frames: [answer(1000, R1_MACS[0]!)] })).not.toHaveProperty('takeover_ms');
  });

  test('a reset is not an answer, and a gratuitous ARP of somebody else no sign', () => {
    const frames = [garp(900, R1_MACS[0]!), answer(990, R2_MACS[0]!, RST | ACK)];
    const { moments } = found({ files: QUIET, frames });
    expect(moments.map(({ event }) => event)).toEqual(['address']);
  });

  test('a gratuitous ARP before the address is there is an older one', () => {
    const { moments } = found({ files: QUIET, frames: [garp(870, R2_MACS[0]!), garp(895, R2_MACS[0]!)] });
    expect(moments.find(({ event }) => event === 'first-garp')?.at_ns).toBe(at(895));
  });

  test.each<[number, AddressEvent[]]>([
    [1, TAKEN],
    [1, TAKEN.toReversed().map((one, i) => ({ ...one, at_ns: at(i) }))],
    [2, TAKEN.toReversed().map((one, i) => ({ ...one, at_ns: at(60 * i) }))],
    [2, [...TAKEN, moved(HEAL_MS + 100, 'lb1', 'added')]],
    [1, [moved(10, 'lb2', 'removed')]],
  ])('at most %d members held it, up to the end of the trial', (most, events) => {
    expect(metrics({ events }).owners_max).toBe(most);
  });

  test('of several the last one counts, and the most holders', () => {
    const vips = [...FACTS.vips, { resource: 'vip2', address: '198.18.1.101', owner: 'lb1' }];
    const events = [...TAKEN, moved(950, 'lb2', 'added', '198.18.1.101')];
    expect(metrics({ facts: { vips }, events })).toMatchObject({ address_ms: 950, owners_max: 2 });
  });

  test('a cluster that moves none has no numbers of one', () => {
    const seen = metrics({ facts: { vips: [] } });
    for (const name of ['address_ms', 'takeover_ms', 'owners_max']) expect(seen).not.toHaveProperty(name);
  });
});
