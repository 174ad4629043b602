import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listenOnLoopback, missingPython, ProbeProcess, scratch } from './probe-process.ts';

const suite = missingPython ? `probe programs (skipped: ${missingPython})` : 'probe programs';
const client = { address: '127.0.0.1', port: 9, interval_ns: 5_000_000, late_ns: 1_000_000 };
const sessions = {
  address: '127.0.0.1',
  sessions: 3,
  period_ns: 50_000_000,
  connect_timeout_ns: 400_000_000,
  reconnect_ns: 0,
  give_up_ns: 0,
};

/** Starts a probe that must fail, and returns its message. */
async function failure(program: string, params: object): Promise<unknown> {
  const [probe, line] = await ProbeProcess.start(program, params);
  expect(line.event).toBe('error');
  expect(await probe.exited).toBe(1);
  expect(probe.stderr).toBe('');
  return line.message;
}

// Starting Python takes seconds on a machine whose cores are taken away.
describe.skipIf(missingPython)(suite, { timeout: 30_000 }, () => {
  it.each([
    ['udp_client', client],
    ['udp_echo', { address: '127.0.0.1', port: 0 }],
    ['tcp_server', { address: '127.0.0.1', port: 0 }],
  ])('%s ends at once at the end of stdin and leaves no file', async (program, params) => {
    const files = scratch();
    const [probe, ready] = await ProbeProcess.start(program, { ...params, output: files.path('out') });
    expect(ready.event).toBe('ready');
    probe.child.stdin?.end();
    expect(await probe.exited).toBe(0);
    expect(probe.stderr).toBe('');
    expect(readdirSync(files.root)).toEqual([]);
  });

  it('tcp_client ends at once at the end of stdin, also while it still connects', async () => {
    const files = scratch();
    const mute = createServer((socket) => socket.on('error', () => {}));
    const port = await listenOnLoopback(mute);
    const params = { ...sessions, epoch_ns: '0', port, connect_timeout_ns: 60e9, output: files.path('out') };
    const probe = new ProbeProcess('tcp_client', JSON.stringify(params));
    await new Promise((resolve) => mute.once('connection', resolve));
    probe.child.stdin?.end();
    expect(await probe.exited).toBe(0);
    expect(readdirSync(files.root)).toEqual([]);
    mute.close();
  });

  it('says which parameter is wrong', async () => {
    const output = '/tmp/never-written';
    expect(await failure('udp_client', { ...client, output, interval_ns: 'fast' })).toBe(
      'parameter interval_ns is "fast", expected an integer from 100000 to 60000000000',
    );
    expect(await failure('tcp_client', { ...sessions, output, port: 9, sessions: 0 })).toContain(
      'parameter sessions is 0, expected an integer from 1',
    );
    expect(await failure('udp_echo', { address: 'nowhere', port: 0 })).toContain(
      'expected an IPv4 or IPv6 address',
    );
    expect(await failure('tcp_server', { address: '127.0.0.1', port: 0 })).toContain('output is missing');
    expect(await failure('udp_echo', { epoch_ns: 5, address: '127.0.0.1', port: 0 })).toContain(
      'epoch_ns is 5',
    );
  });

  it('says that it has no parameters, or unreadable ones', async () => {
    const none = new ProbeProcess('udp_echo');
    expect(await none.next()).toMatchObject({ event: 'error', message: expect.stringContaining('usage') });
    const broken = new ProbeProcess('udp_echo', '{');
    expect((await broken.next()).message).toContain('not JSON');
  });

  it('says before it measures that the output cannot be written', async () => {
    const message = await failure('udp_client', { ...client, output: '/nonexistent/folder/udp.csv' });
    expect(message).toContain('cannot write /nonexistent/folder/udp.csv');
  });

  it('says why it cannot listen', async () => {
    const taken = createServer();
    const port = await listenOnLoopback(taken);
    const message = await failure('tcp_server', { address: '127.0.0.1', port, output: '/tmp/never-written' });
    expect(message).toBe(`cannot listen on TCP 127.0.0.1:${port}: Address already in use`);
    taken.close();
  });

  it('refuses an unknown command', async () => {
    const [echo] = await ProbeProcess.start('udp_echo', { address: '127.0.0.1', port: 0 });
    echo.child.stdin?.write('{"op":"dance"}\n');
    expect((await echo.next()).message).toContain('unknown command');
    expect(await echo.exited).toBe(1);
  });

  it('says how many sessions failed and why: refused', async () => {
    const message = await failure('tcp_client', { ...sessions, port: 1, output: '/tmp/never-written' });
    expect(message).toBe('3 of 3 TCP sessions to 127.0.0.1:1 failed (limit 0.4 s): 3 Connection refused');
  });

  it('says how many sessions failed and why: silent', async () => {
    const mute = createServer((socket) => socket.on('error', () => {}).resume());
    const port = await listenOnLoopback(mute);
    const message = await failure('tcp_client', { ...sessions, port, output: '/tmp/never-written' });
    expect(message).toContain('3 of 3 TCP sessions');
    expect(message).toContain('3 connected, but no message came');
    mute.close();
  });
});
