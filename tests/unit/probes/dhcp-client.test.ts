import { describe, expect, it } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import { dhcpClient } from '../../../harness/probes/dhcp/dhcp-client.ts';
import type { ClientRecord } from '../../../harness/probes/dhcp/dhcp-client-record.ts';
import { parseClientEvents } from '../../../harness/systems/dhcp/live/dhcp-client-events.ts';
import { ethernet, ip, mac, u32 } from '../observe/builder.ts';
import { frameOf } from '../observe/frames.ts';
import { dhcpFrame, option } from '../observe/message-builder.ts';

const MAC = '02:16:00:00:00:01';
const OWN = '198.18.16.11';
const S = 1_000_000_000;
const WINDOWS = { fault_ns: 100 * S, heal_ns: 200 * S, healed_ns: 201 * S, end_ns: 210 * S };
const OPTIONS = dhcpClient.options.parse({ kind: 'dhcp-client', node: 'c', interface: 'net1' });

function analyse(record: Partial<ClientRecord>) {
  const whole: ClientRecord = { mac: MAC, events: [], addresses: [], ...record };
  const files = { 'c.json': Buffer.from(JSON.stringify(whole)) };
  return dhcpClient.analyse('c', OPTIONS, files, WINDOWS);
}

const had = { at_ns: 50 * S, change: 'added', address: OWN } as const;

describe('a real client', () => {
  it('that kept its address', () => {
    expect(analyse({ addresses: [had] })).toMatchObject({
      metrics: { expired: 0, without_address_ms: 0, same_address: 1 },
      open: [],
      doubts: [],
    });
  });

  it('that lost it when the lease ended, and got it again', () => {
    const found = analyse({
      addresses: [
        had,
        { at_ns: 120 * S, change: 'removed', address: OWN },
        { at_ns: 123 * S, change: 'added', address: OWN },
      ],
      events: [
        {
          at_ns: 120 * S,
          reason: 'EXPIRE',
          interface: 'net1',
          address: null,
          server: null,
          lease_s: null,
          t1_s: null,
          t2_s: null,
        },
      ],
    });
    expect(found.metrics).toEqual({ expired: 1, without_address_ms: 3000, same_address: 1 });
    expect(found.open).toEqual([]);
  });

  it('that has another address afterwards', () => {
    const change = { at_ns: 120 * S, change: 'added', address: '198.18.16.99' } as const;
    expect(analyse({ addresses: [had, change] }).metrics.same_address).toBe(0);
  });

  it('that has none at the end, or had none to begin with', () => {
    const gone = { at_ns: 150 * S, change: 'removed', address: OWN } as const;
    expect(analyse({ addresses: [had, gone] })).toMatchObject({
      metrics: { without_address_ms: 60_000 },
      open: ['c: the client had no address at the end of the trial'],
    });
    expect(analyse({}).doubts).toEqual(['c: the client had no address before the fault']);
  });

  it.each(['', '{', '{"mac":1}'])('a record that is none is refused: %s', (text) => {
    expect(() => dhcpClient.analyse('c', OPTIONS, { 'c.json': Buffer.from(text) }, WINDOWS)).toThrow(
      InputError,
    );
  });
});

describe('what a hook script wrote', () => {
  it('is read line by line, on the clock of the lab', () => {
    const text =
      '1700000000500000000 PREINIT net1 - - - - -\n1700000001000000000 BOUND net1 198.18.16.11 198.18.16.2 120 10 20\n';
    expect(parseClientEvents(text, 1_700_000_000_000_000_000n)).toEqual([
      {
        at_ns: 0.5 * S,
        reason: 'PREINIT',
        interface: 'net1',
        address: null,
        server: null,
        lease_s: null,
        t1_s: null,
        t2_s: null,
      },
      {
        at_ns: S,
        reason: 'BOUND',
        interface: 'net1',
        address: OWN,
        server: '198.18.16.2',
        lease_s: 120,
        t1_s: 10,
        t2_s: 20,
      },
    ]);
  });

  it('is left out where it is not whole', () => {
    expect(parseClientEvents('nonsense\n170 BOUND\n1700000001000000000 BOUND net1 198.1', 0n)).toEqual([]);
  });
});

describe('its messages on the wire', () => {
  const server = (last: number) => [198, 18, 16, last];
  const ack = (last: number) => [
    ...option(53, [5]),
    ...option(54, server(last)),
    ...option(51, u32(120)),
    ...option(58, u32(10)),
    ...option(59, u32(20)),
    255,
  ];
  const request = [...option(53, [3]), 255];
  const arpRequest = (target: string) =>
    ethernet(0x0806, [
      ...[0, 1, 8, 0, 6, 4, 0, 1, ...mac(MAC), ...ip(OWN)],
      ...[0, 0, 0, 0, 0, 0, ...ip(target)],
    ]);

  /**
   * @param rebound another server grants what is left.
   * @param segments whose captures have it, one after the other, and how much later each sees it.
   */
  function watched(rebound = true, segments: readonly (readonly [string, number])[] = [['clients', 0]]) {
    const lease = { address: OWN, server: '198.18.16.2', lease_s: 120, t1_s: 10, t2_s: 20 };
    const events = [{ at_ns: 95.1 * S, reason: 'RENEW', interface: 'net1', ...lease }];
    const addresses = [had, { at_ns: 215.1 * S, change: 'removed', address: OWN }];
    const files = { 'c.json': Buffer.from(JSON.stringify({ mac: MAC, events, addresses })) };
    const watch = dhcpClient.watch!('c', OPTIONS, files);
    for (const [segment, later_s] of segments) {
      // The last wire before the server has fewer of its requests, and an answer that did not get further.
      const lossy = segment === 'lossy';
      const sees = segment !== 'bystander';
      const take = (at_s: number, frame: number[]) =>
        watch.take(frameOf(frame, (at_s + later_s) * S), segment);
      const at = { chaddr: MAC, ciaddr: OWN };
      take(95, dhcpFrame({ ...at, xid: 1, options: request, destination: '198.18.16.2' }));
      if (sees) take(95.1, dhcpFrame({ ...at, op: 2, xid: 1, yiaddr: OWN, options: ack(2) }));
      take(104, arpRequest('198.18.16.2'));
      take(105, dhcpFrame({ ...at, xid: 2, options: request, destination: '198.18.16.2' }));
      if (!lossy) take(115.1, dhcpFrame({ ...at, xid: 2, options: request }));
      if ((rebound && sees) || lossy)
        take(115.2, dhcpFrame({ ...at, op: 2, xid: 2, yiaddr: OWN, options: ack(3) }));
    }
    return watch.findings({ ...WINDOWS, end_ns: 220 * S });
  }

  it('say what it asked of whom, and when another server took over', () => {
    expect(watched().metrics).toMatchObject({
      ...{
        renews: 1,
        renews_answered: 0,
        rebinds: 1,
        rebinds_answered: 1,
        reboots: 0,
        discovers: 0,
        naks: 0,
      },
      renew_ms: 4000,
      rebind_ms: 15_100,
      acknowledged_ms: 15_200,
      new_server_ms: 15_200,
      lost_ms: 115_100,
    });
  });

  it('count once, whichever segments they cross', () => {
    expect(
      watched(true, [
        ['clients', 0],
        ['trunk', 0.001],
      ]),
    ).toEqual(watched());
    expect(
      watched(true, [
        ['other', 0.001],
        ['clients', 0],
      ]),
    ).toEqual(watched());
  });

  it('are those of its own segment, and not of one that gets fewer, or no answers', () => {
    expect(
      watched(false, [
        ['lossy', 0.001],
        ['clients', 0],
      ]),
    ).toEqual(watched(false));
    expect(
      watched(true, [
        ['bystander', 0.001],
        ['clients', 0],
      ]),
    ).toEqual(watched());
  });

  it('are held against T1, T2 and the end of its own lease, at its age', () => {
    const { renew_ms, rebind_ms, lost_ms } = watched(false).bounds;
    expect([lost_ms?.low, lost_ms?.high]).toEqual([115_100, 115_100]);
    expect(watched().bounds).not.toHaveProperty('lost_ms');
    expect([renew_ms?.low, renew_ms?.high]).toEqual([5100, 5100]);
    expect([rebind_ms?.low, rebind_ms?.high]).toEqual([15_100, 15_100]);
  });

  it('go into the timeline from the fault on', () => {
    expect(watched().moments.map(({ detail }) => detail)).toEqual([
      'c: looks for its server 198.18.16.2 (ARP)',
      `c: RENEWING ${OWN} (asks 198.18.16.2)`,
      `c: REBINDING ${OWN}`,
      `c: BOUND ${OWN} (by 198.18.16.3)`,
    ]);
  });
});
