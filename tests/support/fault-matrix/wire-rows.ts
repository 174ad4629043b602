import { expect } from 'vitest';
import type { Lab } from '../../../harness/lab/lab.ts';
import { output } from '../faults.ts';
import { B, kernelCounter, ping, WEB } from './ping.ts';
import type { MatrixRow } from './row.ts';

/** Of 400 frames with a chance of 30 %: fewer than one run in a million is outside. */
const [COUNT, LEAST, MOST] = [400, 0.19, 0.42];

const share = (part: number) => part / COUNT;

async function hasCarrier(lab: Lab, node: string): Promise<boolean> {
  return (await output(lab, node, 'cat', '/sys/class/net/eth1/carrier')).trim() === '1';
}

/** Faults of one wire: b's. */
export const wireRows: readonly MatrixRow[] = [
  {
    kind: 'blackhole',
    on: 'faults',
    target: 'b:eth1',
    async effect(lab) {
      expect(await ping(lab, 'a', B, { count: 20 })).toMatchObject({ received: 0 });
      expect(await hasCarrier(lab, 'b')).toBe(true);
    },
  },
  {
    kind: 'blackhole',
    on: 'faults',
    target: 'b:eth1',
    options: { protocol: 'icmp' },
    async effect(lab) {
      expect(await ping(lab, 'a', B, { count: 20 })).toMatchObject({ received: 0 });
      expect(await output(lab, 'a', 'curl', '-sS', '-m', '3', WEB)).not.toBe('');
    },
  },
  {
    kind: 'corrupt',
    on: 'faults',
    target: 'b:eth1',
    options: { ratio: '30', protocol: 'icmp', direction: 'to' },
    async effect(lab) {
      const before = await kernelCounter(lab, 'b', 'IcmpInCsumErrors');
      const { received } = await ping(lab, 'a', B, { count: COUNT });
      expect(share(COUNT - received)).toBeGreaterThan(LEAST);
      expect(share(COUNT - received)).toBeLessThan(MOST);
      const wrong = (await kernelCounter(lab, 'b', 'IcmpInCsumErrors')) - before;
      expect(wrong).toBeGreaterThanOrEqual(COUNT - received);
    },
  },
  {
    kind: 'cut',
    on: 'faults',
    target: 'b:eth1',
    async effect(lab) {
      expect(await hasCarrier(lab, 'b')).toBe(false);
    },
  },
  {
    kind: 'delay',
    on: 'faults',
    target: 'b:eth1',
    options: { time: '20ms' },
    async effect(lab) {
      const { round_trips_ms } = await ping(lab, 'a', B, { count: 50 });
      expect(round_trips_ms.length).toBeGreaterThan(40);
      expect(Math.min(...round_trips_ms)).toBeGreaterThanOrEqual(40);
    },
  },
  {
    kind: 'duplicate',
    on: 'faults',
    target: 'b:eth1',
    options: { ratio: '30', direction: 'to' },
    async effect(lab) {
      const { received, duplicates } = await ping(lab, 'a', B, { count: COUNT });
      expect(received).toBe(COUNT);
      expect(share(duplicates)).toBeGreaterThan(LEAST);
      expect(share(duplicates)).toBeLessThan(MOST);
    },
  },
  {
    kind: 'duplicate',
    on: 'faults',
    target: 'b:eth1',
    options: { ratio: '30', direction: 'from' },
    async effect(lab) {
      const { received, duplicates } = await ping(lab, 'a', B, { count: COUNT });
      expect(received).toBe(COUNT);
      expect(share(duplicates)).toBeGreaterThan(LEAST);
      expect(share(duplicates)).toBeLessThan(MOST);
    },
  },
  {
    kind: 'filter',
    on: 'faults',
    target: 'b:eth1',
    options: { protocol: 'icmp', direction: 'from' },
    async effect(lab) {
      expect(await ping(lab, 'a', B, { count: 20 })).toMatchObject({ received: 0 });
    },
  },
  {
    kind: 'loss',
    on: 'faults',
    target: 'b:eth1',
    options: { ratio: '30', direction: 'to' },
    async effect(lab) {
      const before = await kernelCounter(lab, 'b', 'IcmpInEchos');
      const { received } = await ping(lab, 'a', B, { count: COUNT });
      expect(share(COUNT - received)).toBeGreaterThan(LEAST);
      expect(share(COUNT - received)).toBeLessThan(MOST);
      // What was lost did not reach it; the pings in the background reach it as well.
      expect((await kernelCounter(lab, 'b', 'IcmpInEchos')) - before).toBeGreaterThanOrEqual(received);
    },
  },
  {
    kind: 'loss',
    on: 'faults',
    target: 'b:eth1',
    options: { ratio: '30%', direction: 'from' },
    async effect(lab) {
      const before = await kernelCounter(lab, 'b', 'IcmpInEchos');
      const { received } = await ping(lab, 'a', B, { count: COUNT });
      expect(share(COUNT - received)).toBeGreaterThan(LEAST);
      expect(share(COUNT - received)).toBeLessThan(MOST);
      // All of them reached it: the answers are lost.
      expect((await kernelCounter(lab, 'b', 'IcmpInEchos')) - before).toBeGreaterThanOrEqual(COUNT);
    },
  },
  {
    kind: 'mtu',
    on: 'faults',
    target: 'b:eth1',
    options: { bytes: '600' },
    async effect(lab) {
      expect(await ping(lab, 'a', B, { count: 10, size: 572 })).toMatchObject({ received: 10 });
      expect(await ping(lab, 'a', B, { count: 10, size: 573 })).toMatchObject({ received: 0 });
    },
  },
  {
    kind: 'one-way',
    on: 'faults',
    target: 'b:eth1',
    options: { lost: 'from' },
    async effect(lab) {
      const before = await kernelCounter(lab, 'b', 'IcmpInEchos');
      expect(await ping(lab, 'a', B, { count: 20 })).toMatchObject({ received: 0 });
      expect((await kernelCounter(lab, 'b', 'IcmpInEchos')) - before).toBeGreaterThanOrEqual(15);
    },
  },
  {
    kind: 'rate',
    on: 'faults',
    target: 'b:eth1',
    options: { limit: '200kbit', queue: '20ms', direction: 'to' },
    effect: narrow,
  },
  {
    kind: 'rate',
    on: 'faults',
    target: 'b:eth1',
    options: { limit: '200kbit', queue: '20ms', direction: 'from' },
    effect: narrow,
  },
  {
    kind: 'reorder',
    on: 'faults',
    target: 'b:eth1',
    options: { ratio: '50', time: '15ms', direction: 'to' },
    async effect(lab) {
      const { round_trips_ms } = await ping(lab, 'a', B, { count: 100 });
      expect(round_trips_ms.filter((time_ms) => time_ms >= 15).length).toBeGreaterThan(20);
      expect(round_trips_ms.filter((time_ms) => time_ms < 15).length).toBeGreaterThan(20);
    },
  },
];

/** A second of what is six times as much. */
async function narrow(lab: Lab): Promise<void> {
  const { received } = await ping(lab, 'a', B, { count: 200, size: 1400 });
  expect(received).toBeGreaterThan(10);
  expect(received).toBeLessThan(110);
}
