import { expect, test } from 'vitest';
import { boundOf, runPair } from '../support/pairs.ts';

const CRASHES: [name: string, master_down_ms: number][] = [
  // 3 x 1 s + 106/256 s: a check that succeeds adds 50 to priority 100.
  ['crash-weight', 3414],
  // The backup's own interval is 3 s; with VRRPv3 the master's 1 s counts (RFC 5798 §6.4.2).
  ['crash-interval', 3609],
  // One VRID for IPv6 every 0.3 s and for IPv4 every 1 s: the one that carries the labelled address.
  ['crash-dual', 3609],
];

for (const [name, master_down_ms] of CRASHES) {
  test(`${name}: Master_Down is ${master_down_ms} ms`, async (context) => {
    const { code, trial } = await runPair(context, name);
    expect(code, trial.reason).toBe(0);
    const [low, high] = boundOf(trial, 'vip.takeover_ms');
    expect(high).toBeCloseTo(master_down_ms, -1);
    expect(low).toBeCloseTo(master_down_ms - 1000, -1);
  });
}

test('nobody is left to take over: that is a failure, with its words, and the outage is a lower bound', async (context) => {
  const { code, trial } = await runPair(context, 'nobody');
  expect(code).toBe(1);
  expect(trial.reason).toMatch(/nobody took over within 6 s: no other node held 198\.18\.1\.1/);
  expect(trial.lower_bounds).toContain('udp.outage_ms');
  expect(trial.metrics['rejoin.outage_ms']).toBe(0);
});

test('HAProxy dies under keepalived: its check bounds the outage', async (context) => {
  const { code, trial } = await runPair(context, 'haproxy-kill-noweight');
  expect(code, trial.reason).toBe(0);
  // interval 1 s, fall 2; the skew of priority 100 or more, VRRPv2.
  const [low, high] = boundOf(trial, 'http.outage_ms');
  expect(low).toBeGreaterThan(1000);
  expect(high).toBeLessThan(2700);
});

test('a weight that is too small never moves the address: said so, one open outage, and none of the return', async (context) => {
  const { code, trial } = await runPair(context, 'haproxy-kill-weight2');
  expect(code).not.toBe(0);
  expect(trial.notes?.join()).toMatch(/never move the address/);
  expect(trial.metrics['rejoin.outage_ms']).toBe(0);
  expect(trial.lower_bounds).toContain('http.outage_ms');
});
