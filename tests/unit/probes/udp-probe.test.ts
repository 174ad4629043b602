import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { parseArrivals } from '../../../harness/probes/udp/records/udp-records.ts';
import { missingPython, ProbeProcess, scratch } from './probe-process.ts';

const suite = missingPython ? `udp probe (skipped: ${missingPython})` : 'udp probe';
const INTERVAL_NS = 5_000_000;

function clientParams(port: unknown, output: string): object {
  return { address: '127.0.0.1', port, interval_ns: INTERVAL_NS, late_ns: 200_000_000, output };
}

interface Row {
  seq: number;
  sent_ns: number;
  echoed_ns: number | undefined;
  received_ns: number | undefined;
}

function readRows(path: string): Row[] {
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(header).toBe('seq,sent_ns,echoed_ns,received_ns');
  return lines.map((line) => {
    const [seq, sent, echoed, received] = line.split(',');
    const optional = (text: string | undefined) => (text ? Number(text) : undefined);
    return {
      seq: Number(seq),
      sent_ns: Number(sent),
      echoed_ns: optional(echoed),
      received_ns: optional(received),
    };
  });
}

// Starting Python takes seconds on a machine whose cores are taken away.
describe.skipIf(missingPython)(suite, { timeout: 30_000 }, () => {
  it.each([
    ['IPv4', '0.0.0.0', '127.0.0.1'],
    ['IPv6', '::', '::1'],
    ['IPv4 of a server that takes both', '::', '127.0.0.1'],
  ])('measures on a fixed schedule and reports every packet: %s', async (_family, any, address) => {
    const files = scratch();
    const epoch_ns = `${BigInt(Date.now()) * 1_000_000n}`;
    const [echo, listening] = await ProbeProcess.start('udp_echo', {
      epoch_ns,
      address: any,
      port: 0,
      output: files.path('server.csv'),
    });
    const params = { ...clientParams(listening.port, files.path('udp.csv')), address, epoch_ns };
    const [client, ready] = await ProbeProcess.start('udp_client', params);
    expect(ready.event).toBe('ready');

    await sleep(600);
    const status = await client.ask('status');
    expect(status.event).toBe('status');
    expect(status.good_streak).toBeGreaterThan(50);
    expect(status.good_streak).toBeLessThanOrEqual(status.received as number);
    const result = await client.ask('stop');
    expect(result).toMatchObject({ event: 'result', lost: 0, late: 0, duplicates: 0, send_errors: {} });
    expect(await client.exited).toBe(0);
    const echoed = await echo.ask('stop');
    expect(echoed).toMatchObject({ event: 'result', received: result.sent, replied: result.sent });
    expect(await echo.exited).toBe(0);

    const rows = readRows(files.path('udp.csv'));
    expect(rows).toHaveLength(result.sent as number);
    expect(rows.map((row) => row.seq)).toEqual(rows.map((_, index) => index));
    for (const row of rows) {
      expect(row.echoed_ns).toBeGreaterThanOrEqual(row.sent_ns);
      expect(row.received_ns).toBeGreaterThanOrEqual(row.echoed_ns ?? Number.POSITIVE_INFINITY);
    }
    // No drift: packet n leaves at n intervals, and later than that by no more than the reported lateness.
    const span_ns = rows.at(-1)!.sent_ns - rows[0]!.sent_ns;
    const slack_ns = (result.send_lateness_max_ns as number) + 1_000_000;
    expect(Math.abs(span_ns - (rows.length - 1) * INTERVAL_NS)).toBeLessThan(slack_ns);
    const arrivals = parseArrivals(readFileSync(files.path('server.csv')));
    expect([...arrivals.seq]).toEqual(rows.map(({ seq }) => seq));
    expect([...arrivals.echoed_ns]).toEqual(rows.map(({ echoed_ns }) => echoed_ns));
    expect(readdirSync(files.root).sort()).toEqual(['server.csv', 'udp.csv']);
  });

  it('fills packets up, and takes only answers of the same length', async () => {
    const files = scratch();
    const [, listening] = await ProbeProcess.start('udp_echo', { address: '0.0.0.0', port: 0 });
    const seen: number[] = [];
    const relay = createSocket('udp4');
    let client_port = 0;
    relay.on('message', (message, { port }) => {
      if (port === listening.port) {
        seen.push(message.length);
        // The first answers are too short by a byte.
        relay.send(seen.length > 5 ? message : message.subarray(1), client_port, '127.0.0.1');
        return;
      }
      client_port = port;
      relay.send(message, listening.port as number, '127.0.0.1');
    });
    await new Promise<void>((resolve) => relay.bind(0, '127.0.0.1', resolve));
    const params = { ...clientParams(relay.address().port, files.path('udp.csv')), size: 1400 };
    const [client] = await ProbeProcess.start('udp_client', params);
    await sleep(300);
    const result = await client.ask('stop');
    relay.close();
    expect(new Set(seen)).toEqual(new Set([1400]));
    expect(result).toMatchObject({ lost: 5, received: (result.sent as number) - 5 });
  });

  it('keeps the schedule through an outage and shows its length', async () => {
    const files = scratch();
    const [echo, listening] = await ProbeProcess.start('udp_echo', { address: '127.0.0.1', port: 0 });
    const params = clientParams(listening.port, files.path('udp.csv'));
    const [client] = await ProbeProcess.start('udp_client', params);
    await sleep(200);
    echo.child.kill('SIGKILL');
    await echo.exited;
    await sleep(400);
    expect(await client.ask('status')).toMatchObject({ good_streak: 0 });
    await ProbeProcess.start('udp_echo', { address: '127.0.0.1', port: listening.port });
    await sleep(200);
    const result = await client.ask('stop');

    const rows = readRows(files.path('udp.csv'));
    const lost = rows.filter((row) => row.received_ns === undefined);
    expect(result).toMatchObject({ sent: rows.length, lost: lost.length });
    const [first, last] = [lost[0]!.seq, lost.at(-1)!.seq];
    expect(last - first + 1).toBe(lost.length);
    const outage_ns = rows[last + 1]!.sent_ns - rows[first]!.sent_ns;
    expect(outage_ns).toBeGreaterThan(300_000_000);
    expect(Math.abs(outage_ns - lost.length * INTERVAL_NS)).toBeLessThan(
      (result.send_lateness_max_ns as number) + 1_000_000,
    );
  });

  it('records packets that cannot be sent as lost', async () => {
    const files = scratch();
    // Broadcast without SO_BROADCAST: the kernel refuses each packet (EACCES).
    const params = { ...clientParams(9, files.path('udp.csv')), address: '255.255.255.255' };
    const [client] = await ProbeProcess.start('udp_client', params);
    await sleep(50);
    const result = await client.ask('stop');
    expect(result.sent).toBeGreaterThan(2);
    expect(result).toMatchObject({ received: 0, lost: result.sent });
    const errors = Object.values(result.send_errors as Record<string, number>);
    expect(errors).toEqual([result.sent]);
  });

  it('echoes from the address that was asked, and ignores what is not a probe packet', async () => {
    const [echo, listening] = await ProbeProcess.start('udp_echo', { address: '0.0.0.0', port: 0 });
    const socket = createSocket('udp4');
    const answered = new Promise<{ from: string; message: Buffer }>((resolve) =>
      socket.once('message', (message, info) => resolve({ from: info.address, message })),
    );
    // The kernel's own choice of source towards 127.0.0.1 would be 127.0.0.1.
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    socket.send('hello?', listening.port as number, '127.0.0.5');
    const packet = Buffer.alloc(36);
    packet.write('HDU1');
    packet.writeBigUInt64BE(77n, 12);
    const before_ns = BigInt(Date.now()) * 1_000_000n;
    socket.send(packet, listening.port as number, '127.0.0.5');
    const { from, message } = await answered;
    socket.close();
    expect(from).toBe('127.0.0.5');
    expect(message.readBigUInt64BE(12)).toBe(77n);
    expect(message.readBigInt64BE(28)).toBeGreaterThan(before_ns);
    expect(await echo.ask('status')).toMatchObject({ event: 'status', received: 1, replied: 1, foreign: 1 });
  });
});
