import { expect, test } from 'vitest';
import { causeFor } from '../../../harness/analysis/causes.ts';
import { type ProbeResult, probeBounds } from '../../../harness/analysis/probe-results.ts';
import type { DnsmasqFacts } from '../../../harness/journal/dnsmasq-facts.ts';
import { dhcp } from '../../../harness/probes/dhcp/dhcp.ts';
import { replyCauses } from '../../../harness/systems/dhcp/findings/dhcp-analysis.ts';

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

/** What the probe may see where these servers are on its link. */
const found = (one: ProbeResult, ...servers: DnsmasqFacts[]) =>
  probeBounds([one], ({ kind, probe: { options } }) => ({
    ...causeFor(replyCauses(servers), kind, options),
    outage_ms: undefined,
  }));

test('the slowest server that is left sets the bound', () => {
  const fast = server('dhcp1', RANGE);
  const high = (...servers: DnsmasqFacts[]) => found(probe(), ...servers).bounds['dhcp.gap_ms']?.high;
  expect(high(fast, slow)).toBe(8000);
  expect(high({ ...fast, survived: false }, slow)).toBe(8000);
  expect(high(fast, { ...slow, survived: false })).toBe(5000);
});

test('where no configuration is known, the time that the probe gives them does', () => {
  expect(found(probe()).bounds['dhcp.gap_ms']?.high).toBe(8000);
  expect(found(probe({ served_within: '1s' })).bounds['dhcp.gap_ms']?.high).toBe(5000);
});

test('a client that was refused needs twice the time', () => {
  const { bounds } = found(probe({}, { servers_left: 1, naks: 2 }), slow);
  expect(bounds['dhcp.wait_ms']).toMatchObject({
    high: 12_000,
    from: expect.stringMatching(/twice: 2 were refused once$/),
  });
});

test('what is not known is said, and takes the bound away', () => {
  expect(found(probe(), server('dhcp2', RANGE.replace('no-ping', '')))).toEqual({
    bounds: {},
    missing_bounds: {
      'dhcp.gap_ms': expect.stringMatching(/^dnsmasq of dhcp2 pings/),
      'dhcp.wait_ms': expect.stringMatching(/^dnsmasq of dhcp2 pings/),
    },
  });
});

test('a probe that gives clients up too early has no bound', () => {
  const { missing_bounds } = found(probe({ served_within: '2s' }), slow);
  expect(missing_bounds['dhcp.gap_ms']).toMatch(/served_within \(2 s\) is shorter/);
});

test('only clients of pools are served by them, and only where service goes on', () => {
  expect(found(probe({}, { servers_left: 0 }), slow).bounds).toEqual({});
  const of_network = found(probe({ ranges: undefined, network: 'net1' }), slow);
  expect(of_network.bounds['dhcp.gap_ms']!.from).not.toContain('dhcp2');
});
