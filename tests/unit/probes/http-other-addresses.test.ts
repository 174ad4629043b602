import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { http } from '../../../harness/probes/http/http.ts';
import { askHttp, echo, listen, outcomesOf } from './http-process.ts';
import { missingPython } from './probe-process.ts';

const suite = missingPython ? `http probe (skipped: ${missingPython})` : 'http probe';
const CONNECT_NS = 100_000_000;

/** The answer of a server that names itself. */
const named = (node: string) =>
  createServer((request, response) => {
    response.writeHead(200, { 'X-Backend': 'web1', 'X-Node': node });
    response.end(`web1 ${request.url}\n`);
  });

const elsewhere = (port: number, ...addresses: string[]) => ({
  late_ns: 250_000_000,
  others: addresses.map((address) => ({ address, port })),
  connect_ns: CONNECT_NS,
});

const nodesOf = (records: readonly { node: string }[]) => [...new Set(records.map(({ node }) => node))];

// Starting Python takes seconds on a machine whose cores are taken away.
describe.skipIf(missingPython)(`${suite} with other addresses`, { timeout: 30_000 }, () => {
  it('stays with the first address while that takes connections', async () => {
    const port = await listen(named('lb1'), '127.0.0.1');
    const other = named('lb2').listen(port, '127.0.0.2');
    onTestFinished(() => void other.close());
    const records = await (await askHttp(port, elsewhere(port, '127.0.0.2'))).first(15);
    expect(outcomesOf(records)).toEqual(['ok']);
    expect(nodesOf(records)).toEqual(['lb1']);
  });

  it('goes to the next one at once when a connection is refused, and to the one after that', async () => {
    const port = await listen(named('lb3'), '127.0.0.3');
    const records = await (await askHttp(port, elsewhere(port, '127.0.0.2', '127.0.0.3'))).first(15);
    expect(outcomesOf(records)).toEqual(['ok']);
    expect(nodesOf(records)).toEqual(['lb3']);
    for (const { sent_ns, done_ns } of records) expect(done_ns! - sent_ns).toBeLessThan(CONNECT_NS);
  });

  it('has failed when all refuse', async () => {
    const port = await listen(named('lb9'), '127.0.0.9');
    const records = await (await askHttp(port, elsewhere(port, '127.0.0.2'))).first(15);
    expect(outcomesOf(records)).toEqual(['refused']);
  });

  it('gives a connection up that does not come about in time', async () => {
    const port = await listen(named('lb2'), '127.0.0.2');
    await takeNobody(port);
    const records = await (await askHttp(port, elsewhere(port, '127.0.0.2'))).first(15);
    expect(outcomesOf(records)).toEqual(['ok']);
    expect(nodesOf(records)).toEqual(['lb2']);
    for (const { sent_ns, done_ns } of records) {
      expect(done_ns! - sent_ns).toBeGreaterThanOrEqual(CONNECT_NS);
    }
  });

  it('does not repeat what was sent: a server that takes it and says nothing keeps it', async () => {
    const silent = createTcpServer(() => {});
    const port = await listen(silent, '127.0.0.1');
    const other = createServer(echo).listen(port, '127.0.0.2');
    onTestFinished(() => void other.close());
    const records = await (await askHttp(port, elsewhere(port, '127.0.0.2'))).first(15);
    expect(outcomesOf(records)).toEqual(['timeout']);
  });

  it('keeps connections to the address that took them', async () => {
    const port = await listen(named('lb2'), '127.0.0.2');
    const records = await (await askHttp(port, { ...elsewhere(port, '127.0.0.2'), connections: 2 })).first(
      40,
    );
    expect(outcomesOf(records)).toEqual(['ok']);
    expect(records.filter(({ reused }) => reused).length).toBeGreaterThan(10);
  });
});

describe('options of other addresses', () => {
  const options = { kind: 'http', from: 'client', address: '198.18.1.101' };
  const parsed = (more: object) => http.options.safeParse({ ...options, ...more });

  it('takes a timeout for connections only with them', () => {
    expect(parsed({ connect_timeout: '1s' }).error?.issues[0]).toMatchObject({
      path: ['connect_timeout'],
      message: 'only with other_addresses',
    });
    expect(parsed({ connect_timeout: '1s', other_addresses: ['198.18.1.102'] }).success).toBe(true);
    expect(parsed({ other_addresses: [] }).success).toBe(false);
  });

  it('knows no bound for a client that can go elsewhere', () => {
    const bound = { low: 2000, high: 3600, from: 'VRRP' };
    const cause = { takeover: bound, outage_ms: undefined };
    const one = parsed({}).data!;
    const both = parsed({ other_addresses: ['198.18.1.102'] }).data!;
    expect(http.bounds!(one, cause, {})).toEqual({ outage_ms: bound });
    expect(http.bounds!(both, cause, {})).toEqual({ outage_ms: expect.stringMatching(/^it has other/) });
    expect(http.bounds!(both, { ...cause, takeover: undefined }, {})).toEqual({});
  });
});

/** Listens on 127.0.0.1 with a queue that is full: the kernel drops further SYNs. Until the test ends. */
async function takeNobody(port: number): Promise<void> {
  const program = `import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", ${port}))
s.listen(0)
print("listening", flush=True)
sys.stdin.read()`;
  const full: ChildProcess = spawn('python3', ['-c', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void full.kill());
  await once(full.stdout!, 'data');
  const waiting = connect(port, '127.0.0.1');
  onTestFinished(() => void waiting.destroy());
  await once(waiting, 'connect');
}
