import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { missingPython, ProbeProcess, scratch } from './probe-process.ts';

const suite = missingPython ? `new flows (skipped: ${missingPython})` : 'new flows';

// Starting Python takes seconds on a machine whose cores are taken away.
describe.skipIf(missingPython)(suite, { timeout: 30_000 }, () => {
  it.each([true, false])('each datagram leaves from a port of its own: %s', async (fresh_ports) => {
    const ports: number[] = [];
    const server = createSocket('udp4');
    onTestFinished(() => {
      server.close();
    });
    server.on('message', (message, from) => {
      ports.push(from.port);
      server.send(message, from.port, from.address);
    });
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const [client, ready] = await ProbeProcess.start('udp_client', {
      ...{ address: '127.0.0.1', port, interval_ns: 5_000_000, late_ns: 200_000_000 },
      ...{ output: scratch().path('new.csv'), fresh_ports },
    });
    expect(ready.event).toBe('ready');
    await sleep(400);
    const result = await client.ask('stop');
    expect(result).toMatchObject({ event: 'result', lost: 0, send_errors: {} });
    expect(await client.exited).toBe(0);
    expect(ports).toHaveLength(result.sent as number);
    expect(new Set(ports).size).toBe(fresh_ports ? ports.length : 1);
  });
});
