import { describe, expect, it } from 'vitest';
import { A, ACK, type Answer, B, NAK, OFFER, simulate, suite } from './dhcp-simulate.ts';
import { missingPython } from './probe-process.ts';

/** DISCOVER and REQUEST of a lease that is taken from A: frames 0 and 1. */
const taken: Answer[] = [
  [0, 1, OFFER, A],
  [1, 1, ACK, A],
];

describe.skipIf(missingPython)(`${suite}: held leases`, { timeout: 30_000 }, () => {
  it('are renewed every second, by unicast, without options 50 and 54', () => {
    const { sent, lines, held } = simulate(
      'renew',
      [...taken, [2, 1, ACK, A], [3, 1, ACK, A], [4, 1, ACK, A]],
      4000,
    );
    const renews = sent.slice(2, 5);
    expect(renews.map(({ at_ms }) => at_ms - renews[0]!.at_ms)).toEqual([0, 1000, 2000]);
    expect(renews[0]).toMatchObject({
      type: 'request',
      ciaddr: '198.18.17.0',
      source_ip: '198.18.17.0',
      destination_ip: A,
      requested_ip: undefined,
      server_id: undefined,
    });
    expect(held).toBe(1);
    expect(lines.map(({ op, outcome, granted_by }) => [op, outcome, granted_by])).toEqual([
      ['acquire', 'ack', null],
      ['renew', 'ack', A],
      ['renew', 'ack', A],
      ['renew', 'ack', A],
    ]);
  });

  it('of the group rebind ask all servers at once when nobody answers, and belong to who answers', () => {
    const { sent, lines } = simulate('rebind', [...taken, [3, 2, ACK, B], [4, 1, ACK, B]], 5000);
    expect(sent[3]).toMatchObject({
      type: 'request',
      ciaddr: '198.18.17.0',
      source_ip: '198.18.17.0',
      destination_ip: '255.255.255.255',
      requested_ip: undefined,
      server_id: undefined,
    });
    expect(sent[3]!.at_ms - sent[2]!.at_ms).toBe(1000);
    expect(sent[4]).toMatchObject({ destination_ip: B });
    expect(lines.slice(1, 4).map(({ op, outcome, server }) => [op, outcome, server])).toEqual([
      ['renew', 'none', null],
      ['rebind', 'ack', B],
      ['renew', 'ack', B],
    ]);
  });

  it('of the group reboot send INIT-REBOOT: option 50, no ciaddr, no option 54', () => {
    const { sent } = simulate('reboot', [...taken, [3, 2, ACK, B]], 3000);
    expect(sent[3]).toMatchObject({
      type: 'request',
      ciaddr: '0.0.0.0',
      source_ip: '0.0.0.0',
      destination_ip: '255.255.255.255',
      requested_ip: '198.18.17.0',
      server_id: undefined,
    });
  });

  it('begin from nothing after five that nobody answers', () => {
    const { sent, lines } = simulate('rebind', [...taken, [8, 1, OFFER, B], [9, 1, ACK, B]], 9000);
    expect(sent.slice(2, 9).map(({ type, ciaddr }) => [type, ciaddr])).toEqual([
      ...Array.from({ length: 6 }, () => ['request', '198.18.17.0']),
      ['discover', '0.0.0.0'],
    ]);
    expect(lines.map(({ op, outcome }) => [op, outcome]).slice(0, 8)).toEqual([
      ['acquire', 'ack'],
      ['renew', 'none'],
      ...Array.from({ length: 5 }, () => ['rebind', 'none']),
      ['renewed-by-discover', 'ack'],
    ]);
    expect(lines[7]).toMatchObject({ granted_by: A, server: B });
  });

  it('of the group renew go on asking their server', () => {
    const { sent } = simulate('renew', taken, 12_000);
    const renews = sent.slice(2);
    expect(renews.length).toBeGreaterThan(9);
    for (const renew of renews) expect(renew).toMatchObject({ ciaddr: '198.18.17.0', destination_ip: A });
  });

  it('do not go on with a lease that was refused, however long the next one takes', () => {
    const slow: Answer[] = [...taken, [2, 1, NAK, A], [3, 2500, OFFER, B], [4, 1, ACK, B]];
    const { sent, lines, held } = simulate('rebind', slow, 6000);
    expect(sent.slice(3, 5).map(({ type, ciaddr }) => [type, ciaddr])).toEqual([
      ['discover', '0.0.0.0'],
      ['request', '0.0.0.0'],
    ]);
    expect(lines.slice(0, 3).map(({ op, outcome }) => [op, outcome])).toEqual([
      ['acquire', 'ack'],
      ['renew', 'nak'],
      ['renewed-by-discover', 'ack'],
    ]);
    expect(held).toBe(1);
  });

  it('begin from nothing at once when they are refused, and at the end of the lease', () => {
    const refused = simulate('renew', [...taken, [2, 1, NAK, A]], 2000);
    expect(refused.sent[3]).toMatchObject({ type: 'discover' });
    expect(refused.sent[3]!.at_ms - refused.sent[2]!.at_ms).toBe(1);
    expect(refused.held).toBe(0);
    const ended = simulate('renew', [taken[0]!, [1, 1, ACK, A, 5]], 8000);
    expect(ended.sent.find(({ type, at_ms }) => type === 'discover' && at_ms > 5000)).toBeDefined();
    expect(ended.held).toBe(0);
  });
});
