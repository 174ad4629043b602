import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { listenOnLoopback, missingPython, ProbeProcess, scratch } from './probe-process.ts';

const suite = missingPython ? `tcp probe (skipped: ${missingPython})` : 'tcp probe';
const SESSIONS = 20;
const PERIOD_NS = 50_000_000;

function clientParams(port: unknown, output: string): object {
  return {
    address: '127.0.0.1',
    port,
    sessions: SESSIONS,
    period_ns: PERIOD_NS,
    connect_timeout_ns: 3_000_000_000,
    reconnect_ns: 0,
    give_up_ns: 0,
    output,
  };
}

interface SessionRecord {
  id: number;
  mode: string;
  established_ns: number;
  sent: number;
  received: number;
  skipped: number;
  last_received_ns: number | null;
  longest_stall_ns: number;
  stall_from_ns: number;
  order_errors: number;
  ended: { at_ns: number; how: string; message: string } | null;
}

function readSessions(path: string): SessionRecord[] {
  const { sessions } = JSON.parse(readFileSync(path, 'utf8')) as { sessions: SessionRecord[] };
  return sessions.sort((a, b) => a.id - b.id);
}

async function startServer(output: string, address = '127.0.0.1'): Promise<[ProbeProcess, unknown]> {
  const [server, ready] = await ProbeProcess.start('tcp_server', { address, port: 0, output });
  expect(ready.event).toBe('ready');
  return [server, ready.port];
}

// Starting Python takes seconds on a machine whose cores are taken away.
describe.skipIf(missingPython)(suite, { timeout: 30_000 }, () => {
  it.each([
    ['IPv4', '127.0.0.1', '127.0.0.1'],
    ['IPv6', '::', '::1'],
    ['IPv4 of a server that takes both', '::', '127.0.0.1'],
  ])('keeps 20 sessions of both modes, verified in both directions: %s', async (_family, any, address) => {
    const files = scratch();
    const [server, port] = await startServer(files.path('server.json'), any);
    const params = { ...clientParams(port, files.path('c.json')), address };
    const [client, ready] = await ProbeProcess.start('tcp_client', params);
    expect(ready).toMatchObject({ event: 'ready', sessions: SESSIONS });

    await sleep(500);
    const all = { sessions: SESSIONS, open: SESSIONS, dead: 0, progressed: SESSIONS, fresh: SESSIONS };
    const status = await client.ask('status', { since_ns: ready.now_ns });
    expect(status).toMatchObject({ event: 'status', ...all });
    expect(await client.ask('status', { since_ns: status.now_ns })).toMatchObject({ open: SESSIONS });
    const far_ns = (status.now_ns as number) + 3.6e12;
    expect(await client.ask('status', { since_ns: far_ns })).toMatchObject({ progressed: 0 });
    const result = await client.ask('stop');
    expect(result).toMatchObject({ event: 'result', open: SESSIONS, ended: {}, order_errors: 0, skipped: 0 });
    expect(await client.exited).toBe(0);
    await sleep(50);
    const served = await server.ask('stop');
    expect(served).toMatchObject({ ended: { closed: SESSIONS }, order_errors: 0 });
    expect(await server.exited).toBe(0);

    const [ours, theirs] = [readSessions(files.path('c.json')), readSessions(files.path('server.json'))];
    expect(ours.map((session) => session.id)).toEqual(Array.from({ length: SESSIONS }, (_, id) => id));
    for (const [id, session] of ours.entries()) {
      const other = theirs[id]!;
      expect(session.mode).toBe(id % 2 ? 'server_first' : 'client_first');
      expect(other.mode).toBe(session.mode);
      expect(session.received).toBeGreaterThan(8);
      expect(other.received).toBe(session.sent);
      expect(other.sent).toBeGreaterThanOrEqual(session.received);
      expect(session.ended).toBeNull();
      expect(session.longest_stall_ns).toBeLessThan(40 * PERIOD_NS);
      expect(session.last_received_ns).toBeGreaterThan(session.established_ns);
    }
  });

  it('records a stall with its length and place', async () => {
    const files = scratch();
    const [server, port] = await startServer(files.path('server.json'));
    const [client] = await ProbeProcess.start('tcp_client', clientParams(port, files.path('c.json')));
    const before = await client.ask('status');
    server.child.kill('SIGSTOP');
    await sleep(600);
    server.child.kill('SIGCONT');
    const after = await client.ask('status');
    await sleep(200);
    const result = await client.ask('stop');
    const watched_ns = (result.now_ns as number) - (before.now_ns as number);
    for (const session of readSessions(files.path('c.json'))) {
      expect(session).toMatchObject({ ended: null, order_errors: 0 });
      expect(session.longest_stall_ns).toBeGreaterThan(500_000_000);
      expect(session.longest_stall_ns).toBeLessThan(watched_ns + 3 * PERIOD_NS);
      expect(session.stall_from_ns).toBeGreaterThan((before.now_ns as number) - 3 * PERIOD_NS);
      expect(session.stall_from_ns).toBeLessThan(after.now_ns as number);
    }
  });

  it('records sessions whose server was killed, and does not open new ones', async () => {
    const files = scratch();
    const [server, port] = await startServer(files.path('server.json'));
    const [client] = await ProbeProcess.start('tcp_client', clientParams(port, files.path('c.json')));
    const killed_ns = (await client.ask('status')).now_ns as number;
    server.child.kill('SIGKILL');
    await server.exited;
    const params = { address: '127.0.0.1', port, output: files.path('second.json') };
    const [second] = await ProbeProcess.start('tcp_server', params);
    await sleep(300);
    expect(await client.ask('status')).toMatchObject({ sessions: SESSIONS, open: 0, dead: SESSIONS });
    expect(await second.ask('status')).toMatchObject({ sessions: 0 });
    await client.ask('stop');
    for (const { ended } of readSessions(files.path('c.json'))) {
      expect(['reset', 'closed']).toContain(ended?.how);
      expect(ended?.at_ns).toBeGreaterThanOrEqual(killed_ns);
      expect(ended?.message).not.toBe('');
    }
  });

  it('counts order errors when the other side sends wrong numbers, and sees a reset', async () => {
    const files = scratch();
    const sockets: Socket[] = [];
    const liar = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.setNoDelay().once('data', async (hello) => {
        const message = Buffer.alloc(32);
        message.write('HDt1');
        hello.copy(message, 4, 4, 8);
        message[8] = 1;
        // 0, 1 and then 3, each in two pieces that arrive apart.
        for (const seq of [0n, 1n, 3n]) {
          message.writeBigUInt64BE(seq, 12);
          socket.write(Buffer.from(message.subarray(0, 13)));
          await sleep(20);
          socket.write(Buffer.from(message.subarray(13)));
        }
      });
    });
    const port = await listenOnLoopback(liar);
    const params = { ...clientParams(port, files.path('c.json')), sessions: 2 };
    const [client, ready] = await ProbeProcess.start('tcp_client', params);
    expect(ready.event).toBe('ready');
    await sleep(200);
    for (const socket of sockets) socket.resetAndDestroy();
    liar.close();
    await sleep(100);
    expect(await client.ask('stop')).toMatchObject({ open: 0, ended: { reset: 2 }, order_errors: 2 });
    for (const session of readSessions(files.path('c.json'))) {
      expect(session).toMatchObject({ received: 3, order_errors: 1 });
    }
  });

  it('takes no stranger for a session', async () => {
    const files = scratch();
    const [server, port] = await startServer(files.path('server.json'));
    const stranger = connect(port as number, '127.0.0.1');
    const closed = new Promise((resolve) => stranger.once('close', resolve));
    stranger.on('error', () => {});
    stranger.resume().write('GET / HTTP/1.0\r\n\r\n');
    await closed;
    expect(await server.ask('status')).toMatchObject({ sessions: 0 });
  });
});
