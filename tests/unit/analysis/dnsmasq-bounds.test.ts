import { expect, test } from 'vitest';
import { dnsmasqBounds, withDnsmasq } from '../../../harness/analysis/dnsmasq-bounds.ts';
import type { ProbeResult } from '../../../harness/analysis/probe-results.ts';
import type { DnsmasqFacts } from '../../../harness/journal/dnsmasq-facts.ts';
import { dhcp } from '../../../harness/probes/dhcp/dhcp.ts';

const RANGE = 'dhcp-range=198.18.1.20,198.18.1.119,120s\nno-ping\n';
const server = (node: string, text: string, survived = true): DnsmasqFacts => ({
  node,
  host: node,
  addresses: [],
  args: [],
  files: { '/etc/dnsmasq.conf': text },
  dirs: {},
  survived,
});

function probe(more: object = {}, metrics: Record<string, number> = { servers_left: 1 }): ProbeResult {
  const options = dhcp.options.parse({
    kind: 'dhcp',
    from: 'tester',
    interface: 'lan',
    ranges: ['198.18.1.0/24'],
    served_within: '4s',
    ...more,
  });
  return {
    probe: { name: 'dhcp', kind: 'dhcp', options },
    kind: dhcp as never,
    findings: { metrics, outages: [], open: [], doubts: [] },
  };
}

const slow = server('dhcp2', `${RANGE}dhcp-reply-delay=1`);

test('the slowest server that is left sets the bound', () => {
  const fast = server('dhcp1', RANGE);
  const high = (...servers: DnsmasqFacts[]) => dnsmasqBounds([probe()], servers).bounds['dhcp.gap_ms']?.high;
  expect(high(fast, slow)).toBe(8000);
  expect(high({ ...fast, survived: false }, slow)).toBe(8000);
  expect(high(fast, { ...slow, survived: false })).toBe(5000);
  expect(high()).toBeUndefined();
});

test('a client that was refused needs twice the time', () => {
  const found = dnsmasqBounds([probe({}, { servers_left: 1, naks: 2 })], [slow]);
  expect(found.bounds['dhcp.wait_ms']).toMatchObject({
    high: 12_000,
    from: expect.stringMatching(/twice: 2 were refused once$/),
  });
});

test('what is not known is said, and takes the bound away', () => {
  const found = dnsmasqBounds([probe()], [server('dhcp2', RANGE.replace('no-ping', ''))]);
  expect(found.bounds).toEqual({});
  expect(found.missing).toEqual({
    'dhcp.gap_ms': expect.stringMatching(/^dnsmasq of dhcp2 pings/),
    'dhcp.wait_ms': expect.stringMatching(/^dnsmasq of dhcp2 pings/),
  });
  const other = { low: 0, high: 1, from: 'x' };
  expect(withDnsmasq({ 'dhcp.gap_ms': other, 'udp.outage_ms': other }, found)).toEqual({
    'udp.outage_ms': other,
  });
});

test('a probe that gives clients up too early has no bound', () => {
  const found = dnsmasqBounds([probe({ served_within: '2s' })], [slow]);
  expect(found.missing['dhcp.gap_ms']).toMatch(/served_within \(2 s\) is shorter/);
});

test('only clients of pools, whose service goes on, have one', () => {
  expect(dnsmasqBounds([probe({}, { servers_left: 0 })], [slow]).bounds).toEqual({});
  expect(dnsmasqBounds([probe({ ranges: undefined, network: 'net1' })], [slow]).bounds).toEqual({});
});
