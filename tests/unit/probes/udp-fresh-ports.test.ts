import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { missingPython, ProbeProcess, scratch } from './probe-process.ts';

const suite = missingPython ? `new flows (skipped: ${missingPython})` : 'new flows';
const INTERVAL_MS = 5;
const PORTS = 20_000;

/** Echoes; notes the ports that datagrams came from. */
async function startServer(): Promise<{ port: number; ports: number[] }> {
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
  return { port: (server.address() as AddressInfo).port, ports };
}

/** Sends for a moment; every datagram is answered. @returns how many it sent. */
async function sendSome(port: number, fresh_ports: boolean): Promise<number> {
  const [client, ready] = await ProbeProcess.start('udp_client', {
    ...{ address: '127.0.0.1', port, interval_ns: INTERVAL_MS * 1e6, late_ns: 200_000_000 },
    ...{ output: scratch().path('new.csv'), fresh_ports },
  });
  expect(ready.event).toBe('ready');
  await sleep(400);
  const result = await client.ask('stop');
  expect(result).toMatchObject({ event: 'result', lost: 0, send_errors: {} });
  expect(await client.exited).toBe(0);
  return result.sent as number;
}

// Starting Python takes seconds on a machine whose cores are taken away.
describe.skipIf(missingPython)(suite, { timeout: 30_000 }, () => {
  it.each([true, false])('each datagram leaves from a port of its own: %s', async (fresh_ports) => {
    const { port, ports } = await startServer();
    const sent = await sendSome(port, fresh_ports);
    expect(ports).toHaveLength(sent);
    expect(new Set(ports).size).toBe(fresh_ports ? ports.length : 1);
  });

  it('a probe begins behind the ports of the one before it, by no more than the time that has passed', async () => {
    const { port, ports } = await startServer();
    const begun = performance.now();
    const sent = await sendSome(port, true);
    await sendSome(port, true);
    const most = (performance.now() - begun) / INTERVAL_MS + 1;
    const steps = ports.slice(sent).map((one) => (one - ports[0]! + PORTS) % PORTS);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(sent);
    expect(Math.max(...steps)).toBeLessThanOrEqual(most);
  });
});
