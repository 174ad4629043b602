import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dhcpOf } from '../../../harness/observe/dhcp.ts';
import { framesOf } from '../../../harness/observe/frame.ts';
import { openPcap } from '../../../harness/observe/pcap.ts';
import { vrrp6Of, vrrpOf } from '../../../harness/observe/vrrp.ts';
import { tcpFlowsOf } from './readers.ts';

const EPOCH = 1_795_372_782_000_000_000n;

function framesIn(name: string) {
  const pcap = openPcap(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url)), name);
  return [...framesOf(pcap, EPOCH)];
}

/** What `tcpdump -tt` prints, as a moment after EPOCH. */
const printed = (seconds: bigint, nanoseconds: bigint) =>
  Number(seconds * 1_000_000_000n + nanoseconds - EPOCH);
const present = <Value>(value: Value | undefined): value is Value => value !== undefined;

/**
 * Linux 6 over the loopback, 192 bytes a packet: two requests to a web server; a refused connection; a datagram to a
 * closed port; one connection whose 500 bytes were dropped until their fifth sending, with three keep-alive
 * probes, then aborted; one whose SYNs were dropped; a request over IPv6; a datagram to a closed port there.
 */
describe('tcp-flows.pcap', () => {
  const frames = framesIn('tcp-flows.pcap');
  const flows = tcpFlowsOf(frames);
  const flow = (port: number) => flows.find(({ client }) => client.port === port)!;

  it('has the flows that were made, each with its client', () => {
    expect(flows.map(({ server, client_known_by }) => [server.ip, server.port, client_known_by])).toEqual([
      ['203.0.113.9', 8080, 'handshake'],
      ['203.0.113.9', 8080, 'handshake'],
      ['203.0.113.9', 8099, 'handshake'],
      ['203.0.113.9', 8081, 'handshake'],
      ['203.0.113.9', 8081, 'handshake'],
      ['::1', 8082, 'handshake'],
    ]);
  });

  it('shows four retransmissions, three keep-alive probes and an abort by the client', () => {
    const seen = flow(40_002);
    expect(seen).toMatchObject({
      syns: 1,
      resets: 1,
      from_server: { retransmitted: 0, payload_segments: 1 },
    });
    expect(seen.from_client).toMatchObject({
      segments: 12,
      payload_segments: 6,
      retransmitted: 4,
      keep_alives: 3,
    });
    expect(seen.from_client.first_retransmitted_ns).toBe(printed(1_795_372_782n, 778_024_967n));
    expect(seen.from_client.last_retransmitted_ns).toBe(printed(1_795_372_784n, 236_437_505n));
    expect(seen.first_resets).toEqual([{ at_ns: printed(1_795_372_787n, 736_870_748n), sent_by: 'client' }]);
  });

  it('shows SYNs without an answer, and a connection that was refused', () => {
    expect(flow(40_003)).toMatchObject({
      syns: 4,
      from_client: { retransmitted: 3 },
      from_server: { segments: 0 },
    });
    const refused = flows.find(({ server }) => server.port === 8099);
    expect(refused).toMatchObject({ syns: 1, resets: 1, first_resets: [{ sent_by: 'server' }] });
  });

  it('retransmits nothing elsewhere', () => {
    const total = flows.reduce((sum, { from_client, from_server }) => {
      return sum + from_client.retransmitted + from_server.retransmitted;
    }, 0);
    expect(total).toBe(4 + 3);
    expect(
      flows.every(({ from_client, from_server }) => from_client.reordered + from_server.reordered === 0),
    ).toBe(true);
  });
});

/** udhcpc 1.37 and dnsmasq 2.91, then keepalived 2.3.3 with VRRPv3 over IPv6, started and stopped. */
describe('dhcp-and-ipv6.pcap', () => {
  const frames = framesIn('dhcp-and-ipv6.pcap');

  it('holds one exchange of a lease', () => {
    const messages = frames.map(dhcpOf).filter(present);
    expect(messages.map((message) => message.type)).toEqual(['discover', 'offer', 'request', 'ack']);
    expect(new Set(messages.map((message) => message.xid))).toEqual(new Set([0x1419164a]));
    const client = {
      op: 'request',
      client_id: '01:02:00:00:00:00:21',
      host_name: 'obs-client',
      truncated: false,
    };
    expect(messages[0]).toMatchObject({ ...client, chaddr: '02:00:00:00:00:21', server_id: undefined });
    expect(messages[2]).toMatchObject({ ...client, requested_ip: '198.18.5.77', server_id: '198.18.5.2' });
    expect(messages[3]).toMatchObject({
      at_ns: printed(1_795_372_846n, 871_820_514n),
      op: 'reply',
      yiaddr: '198.18.5.77',
      siaddr: '198.18.5.2',
      server_id: '198.18.5.2',
      lease_s: 3600,
      renewal_s: 1800,
      rebinding_s: 3150,
      source_mac: '02:00:00:00:00:02',
    });
  });

  it('holds the adverts of a router that comes and goes', () => {
    const adverts = frames.map(vrrp6Of).filter(present);
    expect(adverts.map((advert) => advert.priority)).toEqual([...Array(11).fill(120), 0]);
    expect(adverts[0]).toMatchObject({
      at_ns: printed(1_795_372_847n, 694_176_434n),
      vrid: 9,
      advert_int_ms: 200,
      addresses: ['fe80::9', '2001:db8:5::1'],
      source: { ip: 'fe80::ff:fe00:2', mac: '02:00:00:00:00:02' },
    });
    expect(frames.map(vrrpOf).filter(present)).toEqual([]);
  });
});
