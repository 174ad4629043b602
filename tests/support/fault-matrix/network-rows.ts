import { expect } from 'vitest';
import type { Lab } from '../../../harness/lab/lab.ts';
import { output } from '../faults.ts';
import { B, C, ping } from './ping.ts';
import type { MatrixRow } from './row.ts';

/** Of a few pings from one node to an address, how many come back. */
const received = async (lab: Lab, from: string, to: string) =>
  (await ping(lab, from, to, { count: 10 })).received;

/** Where a's kernel takes an address to be. */
async function macIn(lab: Lab, address: string): Promise<string> {
  return /lladdr (\S+)/.exec(await output(lab, 'a', 'ip', 'neigh', 'show', address))?.[1] ?? 'nowhere';
}

/** Of 200 pings over some seconds, many are lost, and many are not. */
async function comesAndGoes(lab: Lab): Promise<void> {
  const pings = await ping(lab, 'a', B, { count: 200 });
  expect(pings.received).toBeGreaterThan(20);
  expect(pings.received).toBeLessThan(180);
}

/** Faults of several wires, and of whom a network takes to be where. */
export const networkRows: readonly MatrixRow[] = [
  {
    kind: 'flap',
    on: 'faults',
    target: 'b:eth1',
    options: { period: '600ms' },
    async effect(lab) {
      const losses = async () =>
        Number(await output(lab, 'b', 'cat', '/sys/class/net/eth1/carrier_down_count'));
      const before = await losses();
      await comesAndGoes(lab);
      expect((await losses()) - before).toBeGreaterThan(1);
    },
  },
  {
    kind: 'flap',
    on: 'faults',
    target: 'b:eth1',
    options: { period: '500ms', kind: 'frames', duty: '40' },
    effect: comesAndGoes,
  },
  {
    kind: 'isolate',
    on: 'faults',
    target: 'b',
    async effect(lab) {
      expect(await received(lab, 'a', B)).toBe(0);
      expect(await received(lab, 'c', B)).toBe(0);
      expect(await received(lab, 'a', C)).toBe(10);
    },
  },
  {
    kind: 'partition',
    on: 'faults',
    target: 'network:lan',
    options: { groups: 'a|b,c' },
    async effect(lab) {
      expect(await received(lab, 'a', B)).toBe(0);
      expect(await received(lab, 'a', C)).toBe(0);
      expect(await received(lab, 'c', B)).toBe(10);
    },
  },
  {
    kind: 'partition',
    on: 'faults',
    target: 'network:lan',
    options: { groups: 'a|b' },
    async effect(lab) {
      expect(await received(lab, 'a', B)).toBe(0);
      expect(await received(lab, 'a', C)).toBe(10);
      expect(await received(lab, 'b', C)).toBe(10);
    },
  },
  {
    kind: 'partition',
    on: 'faults',
    target: 'network:lan',
    async effect(lab) {
      expect(await received(lab, 'a', B)).toBe(0);
      expect(await received(lab, 'b', C)).toBe(0);
      expect(await received(lab, 'c', B)).toBe(0);
    },
  },
  {
    kind: 'duplicate-address',
    on: 'faults',
    target: 'network:lan',
    options: { address: B, every: '200ms' },
    async effect(lab) {
      expect(await macIn(lab, B)).toMatch(/^02:66:/);
      // The stranger's kernel answers; the web server is b's alone.
      expect(await received(lab, 'a', B)).toBeGreaterThan(0);
      expect((await lab.exec('a', ['curl', '-sS', '-m', '2', `http://${B}:8080/`])).exit_code).toBe(7);
    },
  },
  {
    kind: 'arp-poison',
    on: 'faults',
    target: 'a:eth1',
    options: { address: B, every: '50ms' },
    async effect(lab) {
      expect(await macIn(lab, B)).toMatch(/^02:66:/);
      expect(await received(lab, 'a', B)).toBe(0);
      expect(await received(lab, 'c', B)).toBe(10);
    },
  },
  {
    kind: 'mac-flap',
    on: 'faults',
    target: 'b:eth1',
    options: { every: '20ms' },
    async effect(lab) {
      const pings = await ping(lab, 'a', B, { count: 200 });
      expect(pings.received).toBeLessThan(180);
    },
  },
];
