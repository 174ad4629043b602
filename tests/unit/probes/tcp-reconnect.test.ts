import { readFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  listenAgain,
  listenOnLoopback,
  missingPython,
  type ProbeEvent,
  ProbeProcess,
  scratch,
} from './probe-process.ts';

const suite = missingPython ? `tcp reconnection (skipped: ${missingPython})` : 'tcp reconnection';
const SESSIONS = 20;
const RECONNECT_MS = 100;
const GIVE_UP_MS = 600;

interface SessionRecord {
  id: number;
  origin: number | null;
  attempt: number;
  mode: string;
  first_received_ns: number;
  last_received_ns: number;
  order_errors: number;
  ended: { how: string } | null;
}

function readSessions(path: string): { originals: SessionRecord[]; successors: SessionRecord[] } {
  const { sessions } = JSON.parse(readFileSync(path, 'utf8')) as { sessions: SessionRecord[] };
  return {
    originals: sessions.filter(({ origin }) => origin === null),
    successors: sessions.filter(({ origin }) => origin !== null),
  };
}

async function startServer(output: string, port: unknown = 0): Promise<[ProbeProcess, number]> {
  const [server, ready] = await ProbeProcess.start('tcp_server', { address: '127.0.0.1', port, output });
  expect(ready.event).toBe('ready');
  return [server, ready.port as number];
}

async function startClient(port: number, output: string): Promise<ProbeProcess> {
  const [client, ready] = await ProbeProcess.start('tcp_client', {
    address: '127.0.0.1',
    port,
    sessions: SESSIONS,
    period_ns: 50e6,
    connect_timeout_ns: 3e9,
    reconnect_ns: RECONNECT_MS * 1e6,
    give_up_ns: GIVE_UP_MS * 1e6,
    output,
  });
  expect(ready).toMatchObject({ event: 'ready', sessions: SESSIONS });
  return client;
}

/** Asks until as many successors work as there were sessions. */
async function allResumed(client: ProbeProcess, since_ns: unknown): Promise<ProbeEvent> {
  for (const deadline = performance.now() + 25_000; ; await sleep(20)) {
    const status = await client.ask('status', { since_ns });
    if (status.resumed === SESSIONS) return status;
    if (performance.now() > deadline) throw new Error(`only ${status.resumed} sessions resumed`);
  }
}

/** A TCP proxy that knows nothing of what it passes on: it connects to the server when a client connects to it. */
class Relay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  port = 0;
  opened = 0;
  /** Takes connections, and passes nothing on. */
  mute = false;

  constructor(target: number) {
    this.#server = createServer((near) => {
      this.opened += 1;
      this.#keep(near);
      if (this.mute) return;
      const far = this.#keep(connect(target, '127.0.0.1'));
      near.pipe(far).pipe(near);
    });
    onTestFinished(() => this.die());
  }

  static async to(target: number): Promise<Relay> {
    const relay = new Relay(target);
    relay.port = await listenOnLoopback(relay.#server);
    return relay;
  }

  die(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  revive(): Promise<void> {
    return listenAgain(this.#server, this.port);
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    return socket
      .setNoDelay()
      .on('error', () => {})
      .on('close', () => this.#sockets.delete(socket));
  }
}

// Starting Python takes seconds on a machine whose cores are taken away.
describe.skipIf(missingPython)(suite, { timeout: 30_000 }, () => {
  it('gives every session that dies with a proxy a successor of the same kind, as soon as there is one', async () => {
    const files = scratch();
    const [server, port] = await startServer(files.path('server.json'));
    const relay = await Relay.to(port);
    const client = await startClient(relay.port, files.path('c.json'));
    await sleep(200);
    expect(await client.ask('status')).toMatchObject({ open: SESSIONS, resumed: 0 });

    relay.die();
    await sleep(500);
    const dead = await client.ask('status');
    expect(dead).toMatchObject({ sessions: SESSIONS, open: 0, dead: SESSIONS, resumed: 0 });
    await relay.revive();
    await allResumed(client, dead.now_ns);
    await sleep(200);
    expect(relay.opened).toBeGreaterThanOrEqual(2 * SESSIONS);
    expect(await client.ask('stop')).toMatchObject({ sessions: 2 * SESSIONS, open: SESSIONS });
    await server.ask('stop');

    const { originals, successors } = readSessions(files.path('c.json'));
    expect(successors.map(({ origin }) => origin).sort((a, b) => a! - b!)).toEqual(
      originals.map(({ id }) => id),
    );
    for (const session of successors) {
      const before = originals.find(({ id }) => id === session.origin)!;
      expect(session.mode).toBe(before.mode);
      expect(before.ended?.how).toMatch(/^(reset|closed)$/);
      expect(session).toMatchObject({ ended: null, order_errors: 0 });
      expect(session.attempt).toBeGreaterThan(1);
      const gap_ms = (session.first_received_ns - before.last_received_ns) / 1e6;
      expect(gap_ms).toBeGreaterThan(500);
    }
    const served = readSessions(files.path('server.json')).originals.map(({ id }) => id);
    expect(served).toEqual(expect.arrayContaining(successors.map(({ id }) => id)));
    expect(new Set(served).size).toBe(served.length);
  });

  it('gives up what is silent, and what is connected and stays silent', async () => {
    const files = scratch();
    const [server, port] = await startServer(files.path('server.json'));
    const client = await startClient(port, files.path('c.json'));
    server.child.kill('SIGSTOP');
    // Long enough for a successor that the kernel takes, but nobody answers, to be given up as well.
    await sleep(2.5 * GIVE_UP_MS);
    expect(await client.ask('status')).toMatchObject({ open: 0, dead: SESSIONS, resumed: 0 });
    const { now_ns } = await client.ask('status');
    server.child.kill('SIGCONT');
    await allResumed(client, now_ns);
    await client.ask('stop');
    const { originals, successors } = readSessions(files.path('c.json'));
    expect(originals.map(({ ended }) => ended?.how)).toEqual(originals.map(() => 'given_up'));
    expect(successors).toHaveLength(SESSIONS);
  });

  it('opens another one where a successor dies, and counts nobody as served by a connection alone', async () => {
    const files = scratch();
    const [, port] = await startServer(files.path('server.json'));
    const relay = await Relay.to(port);
    const client = await startClient(relay.port, files.path('c.json'));
    const once = await client.ask('status');
    relay.die();
    await relay.revive();
    await allResumed(client, once.now_ns);

    relay.die();
    relay.mute = true;
    await relay.revive();
    await sleep(GIVE_UP_MS / 2);
    const twice = await client.ask('status');
    expect(await client.ask('status', { since_ns: twice.now_ns })).toMatchObject({ resumed: 0 });
    relay.mute = false;
    await allResumed(client, twice.now_ns);
    await client.ask('stop');
    const { originals, successors } = readSessions(files.path('c.json'));
    const ids = [...originals, ...successors].map(({ id }) => id);
    expect(new Set(ids).size).toBe(3 * SESSIONS);
    for (const { id } of originals)
      expect(successors.filter(({ origin }) => origin === id).map(({ ended }) => ended === null)).toEqual([
        false,
        true,
      ]);
  });
});
