import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../../harness/ground/errors.ts';
import type { DhcpFacts } from '../../../../../harness/journal/dhcp-facts.ts';
import { DhcpGrants } from '../../../../../harness/observe/dhcp-grants.ts';
import { dhcpFindings } from '../../../../../harness/systems/dhcp/findings/dhcp-servers.ts';
import { u32 } from '../../../observe/builder.ts';
import { frameOf } from '../../../observe/frames.ts';
import { dhcpFrame, option } from '../../../observe/message-builder.ts';

const S = 1e9;
const WINDOWS = { fault_ns: 100 * S, heal_ns: 200 * S, healed_ns: 201 * S, end_ns: 210 * S };
const EPOCH_S = 1_700_000_000;
const [A, B, C] = ['198.18.16.2', '198.18.16.3', '198.18.16.4'];

const place = (node: string, host: string, server: string, bound = true) => ({
  ...{ node, host, network: 'net1', server, bound },
});
const FACTS: DhcpFacts = {
  places: [place('d1', 'node1', A), place('d2', 'node2', B), place('d3', 'node3', C, false)],
  tables: [
    { when: 'before', at_ns: 99 * S, node: 'd1', file: 'd1.leases', bound: true },
    { when: 'before', at_ns: 99 * S, node: 'd2', file: 'd2.leases', bound: true },
    { when: 'during', at_ns: 199 * S, node: 'd1', bound: true },
  ],
  rescheduling: { enabled: false, agent_down_ms: 6000, report_interval_ms: 2000, moves: [] },
};
const FILES = {
  'd1.leases': Buffer.from(`${EPOCH_S + 210} 02:16:00:00:00:01 198.18.17.1 * *\n`),
  'd2.leases': Buffer.from('0 02:16:00:00:00:01 198.18.17.1 * *\n'),
};

function grants(...replies: [type: 'offer' | 'ack', at_s: number, server: string][]): DhcpGrants {
  const seen = new DhcpGrants();
  for (const [type, at_s, server] of replies) {
    const words = [...option(53, [type === 'ack' ? 5 : 2]), ...option(51, u32(120))];
    const options = [...words, ...option(54, server.split('.').map(Number)), 255];
    const chaddr = '02:16:00:00:00:01';
    seen.take(frameOf(dhcpFrame({ op: 2, chaddr, yiaddr: '198.18.17.1', options }), at_s * S));
  }
  return seen;
}

const findings = (facts: DhcpFacts, seen: DhcpGrants, files = FILES) =>
  dhcpFindings(facts, seen, files, WINDOWS, BigInt(EPOCH_S) * 1_000_000_000n);

describe('lease tables', () => {
  it('of two servers: who granted a lease has it, the other has the line it started with', () => {
    const { metrics, tables } = findings(FACTS, grants(['ack', 90, A]));
    expect(metrics).toEqual({
      'dhcp.own_leases_written_ratio': 1,
      'dhcp.others_leases_written_ratio': 0,
      'dhcp.others_leases_initial_ratio': 1,
    });
    // Segments come one after the other: that of an earlier grant may be the later one.
    expect(findings(FACTS, grants(['ack', 90, A], ['ack', 80, A])).metrics).toEqual(metrics);
    expect(tables.map(({ node, when, leases }) => [node, when, leases?.own, leases?.others_initial])).toEqual(
      [
        ['d1', 'before', 1, 0],
        ['d2', 'before', 0, 1],
        ['d1', 'during', undefined, undefined],
      ],
    );
  });

  it('of which one is missing among the records are refused', () => {
    expect(() => findings(FACTS, grants(), { 'd1.leases': FILES['d1.leases'] } as never)).toThrow(InputError);
  });

  it('of other networks do not count', () => {
    const stranger = findings(FACTS, grants(['ack', 90, '198.18.24.2']));
    expect(stranger.metrics).toEqual({});
  });
});

describe('networks of dead agents', () => {
  const move = (at_s: number, to_host: string | null) => ({
    ...{ at_ns: at_s * S, network: 'net1', from_host: 'node1', to_host },
  });
  const moved = (...moves: ReturnType<typeof move>[]): DhcpFacts => ({
    ...FACTS,
    rescheduling: { ...FACTS.rescheduling, enabled: true, moves },
  });

  it('are followed to their first OFFER, and held against what Neutron allows', () => {
    const found = findings(moved(move(112, 'node3')), grants(['offer', 101, C], ['offer', 112.5, C]));
    expect(found.metrics).toMatchObject({
      'dhcp.rescheduled': 1,
      'dhcp.nowhere_to_go': 0,
      'dhcp.reschedule_ms': 12_000,
      'dhcp.reschedule_offer_ms': 12_500,
    });
    expect(found.bounds['dhcp.reschedule_ms']).toMatchObject({ low: 10_000, high: 15_000 });
    expect(found.moments.map(({ detail }) => detail)).toEqual(["network 'net1' of node1 is given to node3"]);
  });

  it('that nobody can take are told', () => {
    const found = findings(moved(move(112, null)), grants());
    expect(found.metrics).toMatchObject({ 'dhcp.rescheduled': 0, 'dhcp.nowhere_to_go': 1 });
    expect(found.metrics).not.toHaveProperty('dhcp.reschedule_ms');
    expect(found.moments[0]?.detail).toBe("network 'net1' of node1 has nowhere to go");
  });

  it('have no first OFFER when the new server never made one', () => {
    expect(findings(moved(move(112, 'node3')), grants()).metrics).not.toHaveProperty(
      'dhcp.reschedule_offer_ms',
    );
  });
});
