import { readdirSync, readFileSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import type { Server as TcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { type HttpRecord, parseHttpRecords } from '../../../harness/probes/http/records/http-records.ts';
import { listenOnLoopback, ProbeProcess, scratch } from './probe-process.ts';

export const INTERVAL_NS = 20_000_000;
/** An answer in pieces takes longer than one interval, on a busy machine several. */
const REQUESTS_AFTER = 10;

/** An HTTP client that runs. */
export interface HttpProbe {
  client: ProbeProcess;
  /** Ends it and reads its records. */
  records(): Promise<HttpRecord[]>;
  /** Ends it when so many requests were sent, and the last of them a while ago; reads what became of them. */
  first(count: number): Promise<HttpRecord[]>;
}

/** Starts a client that asks a server of the test, for its echo unless told. */
export async function askHttp(port: number, more: object = {}): Promise<HttpProbe> {
  const files = scratch();
  const output = files.path('http.csv');
  const params = {
    epoch_ns: `${BigInt(Date.now()) * 1_000_000n}`,
    address: '127.0.0.1',
    port,
    host: 'shop.example',
    path: '/',
    interval_ns: INTERVAL_NS,
    late_ns: 100_000_000,
    timeout_ns: 300_000_000,
    connections: 0,
    content: 'echo',
    expected: {},
    output,
  };
  const [client, ready] = await ProbeProcess.start('http_client', { ...params, ...more });
  expect(ready).toMatchObject({ event: 'ready' });
  const records = async () => {
    const result = await client.ask('stop');
    expect(result.event, `${result.message}`).toBe('result');
    expect(await client.exited).toBe(0);
    expect(readdirSync(files.root)).toEqual(['http.csv']);
    const all = parseHttpRecords(readFileSync(output, 'utf8'));
    expect(result.sent).toBe(all.length);
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, at) => at));
    return all;
  };
  const first = async (count: number) => {
    while (((await client.ask('status')).sent as number) < count + REQUESTS_AFTER) await sleep(20);
    return (await records()).slice(0, count);
  };
  return { client, records, first };
}

/** Listens for the time of the test; resolves with the port. */
export async function listen<S extends Server | TcpServer>(server: S, address?: string): Promise<number> {
  const port = await listenOnLoopback(server, address);
  onTestFinished(() => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  return port;
}

/** The answer that the client takes for right. */
export const echo: RequestListener = (request, response) => {
  response.writeHead(200, { 'X-Backend': 'web1', 'X-Node': 'lb1', 'X-Path': request.url });
  response.end(`web1 ${request.url}\n`);
};

/** The different outcomes, in order of appearance. */
export const outcomesOf = (records: readonly HttpRecord[]) => [
  ...new Set(records.map(({ outcome }) => outcome)),
];
