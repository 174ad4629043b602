import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type DhcpMessage, dhcpOf } from '../../../harness/observe/dhcp.ts';
import { frameOf } from '../observe/frames.ts';
import { missingPython } from './probe-process.ts';

const programs = new URL('../../../images/fabric/agent/probes/', import.meta.url).pathname;
const script = new URL('dhcp-simulation.py', import.meta.url).pathname;
const suite = missingPython
  ? `clients of the DHCP probe (skipped: ${missingPython})`
  : 'clients of the DHCP probe';
const [OFFER, ACK, NAK] = [2, 5, 6];
const [A, B] = ['198.18.16.2', '198.18.16.3'];

/** To the frame of this number, so many ms after it: a message of a server. */
type Answer = [frame: number, after_ms: number, kind: number, server: string, lease_s?: number];

interface Sent extends DhcpMessage {
  at_ms: number;
}

function simulate(client: string, answers: Answer[], until_ms: number, station = {}) {
  const input = JSON.stringify({ client, answers, until_ms, station });
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: programs };
  const { stdout, stderr } = spawnSync('python3', [script], { input, env, encoding: 'utf8' });
  expect(stderr).toBe('');
  const { sent, lines, held } = JSON.parse(stdout) as {
    sent: [number, string][];
    lines: string[];
    held: number;
  };
  const messages = sent.map(([at_ms, hex]): Sent => {
    const message = dhcpOf(frameOf([...Buffer.from(hex, 'hex')]));
    expect(message).toBeDefined();
    return { ...message!, at_ms };
  });
  return { sent: messages, lines: lines.map((line) => JSON.parse(line)), held };
}
const timesOf = (sent: Sent[]) => sent.map(({ type, at_ms }) => [type, at_ms]);

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
