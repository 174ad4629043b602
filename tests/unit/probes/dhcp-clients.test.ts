import { describe, expect, it } from 'vitest';
import { A, ACK, type Answer, B, NAK, OFFER, simulate, suite, timesOf } from './dhcp-simulate.ts';
import { missingPython } from './probe-process.ts';

describe.skipIf(missingPython)(suite, { timeout: 30_000 }, () => {
  it('take the first offer, and count those that come later', () => {
    const { sent, lines } = simulate(
      'exchange',
      [
        [0, 3, OFFER, B],
        [0, 5, OFFER, A],
        [0, 600, OFFER, A],
        [1, 4, ACK, B],
      ],
      70_000,
    );
    expect(timesOf(sent)).toEqual([
      ['discover', 0],
      ['request', 3],
    ]);
    expect(sent[0]).toMatchObject({
      chaddr: '02:16:10:00:00:00',
      source_mac: '02:16:10:00:00:00',
      broadcast: false,
      client_id: undefined,
      source_ip: '0.0.0.0',
      destination_ip: '255.255.255.255',
      ciaddr: '0.0.0.0',
      truncated: false,
    });
    expect(sent[1]).toMatchObject({
      server_id: B,
      requested_ip: '198.18.17.0',
      destination_ip: '255.255.255.255',
    });
    expect(sent[1]!.xid).toBe(sent[0]!.xid);
    expect(lines).toEqual([
      {
        seq: 0,
        port: '198.18.17.0',
        discovers: [0],
        offers: [
          [B, '198.18.17.0', 3e6],
          [A, '198.18.17.0', 5e6],
        ],
        requests: [3e6],
        ack: [B, '198.18.17.0', 120, null, null, 7e6],
        naks: [],
        end: 'acked',
      },
    ]);
  });

  it('ask for broadcast answers when told to', () => {
    expect(simulate('exchange', [], 100, { broadcast: true }).sent[0]).toMatchObject({ broadcast: true });
  });

  it('repeat a DISCOVER that nobody answers after 4, 8, 16, 32 s, and give up', () => {
    const { sent, lines } = simulate('exchange', [], 100_000);
    expect(sent.map(({ at_ms }) => at_ms)).toEqual([0, 4000, 12_000, 28_000]);
    expect(new Set(sent.map(({ xid }) => xid)).size).toBe(1);
    expect(lines).toMatchObject([{ ack: null, end: 'failed', discovers: [0, 4e9, 12e9, 28e9] }]);
  });

  it('begin anew when a REQUEST is not answered, in a transaction of its own', () => {
    const { sent, lines } = simulate(
      'exchange',
      [
        [0, 1, OFFER, A],
        [2, 1, OFFER, B],
        [3, 1, ACK, B],
      ],
      70_000,
    );
    expect(timesOf(sent)).toEqual([
      ['discover', 0],
      ['request', 1],
      ['discover', 4001],
      ['request', 4002],
    ]);
    expect(sent[2]!.xid).not.toBe(sent[0]!.xid);
    expect(lines).toMatchObject([{ ack: [B, '198.18.17.0', 120, null, null, 4003e6], end: 'acked' }]);
  });

  it('begin anew at once when they are refused; a late ACK of the transaction before is for nobody', () => {
    const { sent, lines } = simulate(
      'exchange',
      [
        [0, 1, OFFER, A],
        [1, 1, NAK, B],
        [1, 2, ACK, A],
        [2, 5, OFFER, A],
        [3, 1, ACK, A],
      ],
      70_000,
    );
    expect(timesOf(sent)).toEqual([
      ['discover', 0],
      ['request', 1],
      ['discover', 2],
      ['request', 7],
    ]);
    expect(lines).toMatchObject([{ naks: [[B, 2e6]], ack: [A, '198.18.17.0', 120, null, null, 8e6] }]);
  });

  it('do not ask as fast as they are refused', () => {
    const answers = Array.from({ length: 100 }, (_, n): Answer => [n, 1, n % 2 ? NAK : OFFER, A]);
    const { sent } = simulate('exchange', answers, 3000);
    expect(sent.filter(({ type }) => type === 'discover')).toHaveLength(6);
  });
});
