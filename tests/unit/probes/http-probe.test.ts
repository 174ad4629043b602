import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { reconnects } from '../../../harness/probes/http/records/http-service.ts';
import { askHttp as ask, echo, INTERVAL_NS, listen, outcomesOf } from './http-process.ts';
import { missingPython, ProbeProcess, scratch } from './probe-process.ts';

const suite = missingPython ? `http probe (skipped: ${missingPython})` : 'http probe';

// Starting Python takes seconds on a machine whose cores are taken away.
describe.skipIf(missingPython)(suite, { timeout: 30_000 }, () => {
  it('asks on a fixed schedule for something else each time, on new connections', async () => {
    const asked: string[] = [];
    let connections = 0;
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.host} ${request.headers.connection}`);
      echo(request, response);
    }).on('connection', () => {
      connections += 1;
    });
    const probe = await ask(await listen(server), { path: '/shop/' });
    await sleep(700);
    const status = await probe.client.ask('status');
    expect(status.good_streak).toBeGreaterThanOrEqual(10);
    expect(status.good_streak).toBeLessThanOrEqual(status.right as number);
    const records = await probe.records();
    expect(records.length).toBeGreaterThan(25);
    for (const one of records) {
      expect(one).toMatchObject({ outcome: 'ok', status: 200, backend: 'web1', node: 'lb1', reused: false });
      expect(one.connected_ns).toBeGreaterThanOrEqual(one.sent_ns);
      expect(one.done_ns).toBeGreaterThanOrEqual(one.connected_ns!);
    }
    expect(connections).toBe(records.length);
    const [first] = asked;
    const mark = /^GET \/shop\/hadrill-0-([0-9a-f]{8}) shop\.example close$/.exec(first!)![1];
    expect(asked).toEqual(records.map(({ seq }) => `GET /shop/hadrill-${seq}-${mark} shop.example close`));
  });

  it('asks over IPv6', async () => {
    const hosts = new Set<unknown>();
    const server = createServer((request, response) => {
      hosts.add(request.headers.host);
      echo(request, response);
    });
    const probe = await ask(await listen(server, '::1'), { address: '::1', host: '[::1]' });
    expect(outcomesOf(await probe.first(10))).toEqual(['ok']);
    expect([...hosts]).toEqual(['[::1]']);
  });

  it('does not wait for answers: many requests are under way at once, and late ones are still right', async () => {
    const held: (() => void)[] = [];
    const server = createServer((request, response) => {
      held.push(() => echo(request, response));
    });
    const probe = await ask(await listen(server), { timeout_ns: 5_000_000_000 });
    while (held.length < 20) await sleep(10);
    expect(await probe.client.ask('status')).toMatchObject({ right: 0, good_streak: 0 });
    for (const answer of held.splice(0)) answer();
    server.removeAllListeners('request').on('request', echo);
    const records = (await probe.first(25)).slice(0, 20);
    expect(outcomesOf(records)).toEqual(['ok']);
    expect(records[0]!.done_ns! - records[0]!.sent_ns).toBeGreaterThan(19 * INTERVAL_NS - 5_000_000);
    const span_ns = records[19]!.sent_ns - records[0]!.sent_ns;
    expect(Math.abs(span_ns - 19 * INTERVAL_NS)).toBeLessThan(1_000_000_000);
  });

  it('gives up what is not answered in time, and says what waited at the end', async () => {
    const probe = await ask(await listen(createServer(() => {})), { timeout_ns: 1_400_000_000 });
    await sleep(1800);
    const { last_outcome } = await probe.client.ask('status');
    expect(last_outcome).toBe('timeout');
    const records = await probe.records();
    expect(outcomesOf(records)).toEqual(['timeout', 'unfinished']);
    for (const one of records.filter(({ outcome }) => outcome === 'timeout'))
      expect(one.done_ns! - one.sent_ns).toBeGreaterThanOrEqual(1_400_000_000);
    expect(records.at(-1)).toMatchObject({ outcome: 'unfinished', done_ns: null, status: null });
  });

  it('gives up when it is time, not only when the next request is due', async () => {
    const port = await listen(createServer(() => {}));
    const probe = await ask(port, { interval_ns: 10_000_000_000, timeout_ns: 200_000_000 });
    while ((await probe.client.ask('status')).last_outcome !== 'timeout') await sleep(20);
    const [record, second] = await probe.records();
    expect(record).toMatchObject({ outcome: 'timeout' });
    expect(second).toBeUndefined();
  });

  it('waits at the end for all answers that would be in time', async () => {
    const server = createServer((request, response) => {
      setTimeout(() => echo(request, response), 1600);
    });
    const probe = await ask(await listen(server), { late_ns: 4_000_000_000, timeout_ns: 5_000_000_000 });
    await sleep(200);
    expect(outcomesOf(await probe.records())).toEqual(['ok']);
  });

  it('keeps connections and uses them in turn', async () => {
    const used = new Map<unknown, number>();
    const server = createServer((request, response) => {
      used.set(request.socket, (used.get(request.socket) ?? 0) + 1);
      echo(request, response);
    });
    const probe = await ask(await listen(server), { connections: 3 });
    await sleep(600);
    const records = await probe.records();
    expect(outcomesOf(records)).toEqual(['ok']);
    const opened = records.filter(({ reused }) => !reused).length;
    expect(opened).toBe(used.size);
    expect(reconnects(records, 3)).toBe(used.size - 3);
    // Each carries a third, unless the machine made one answer wait for the next request.
    if (used.size === 3) expect(Math.min(...used.values())).toBeGreaterThanOrEqual(records.length / 3 - 1);
  });

  it('opens further connections while the kept ones wait, and drops them afterwards', async () => {
    const held: (() => void)[] = [];
    const sockets = new Set<unknown>();
    const server = createServer((request, response) => {
      sockets.add(request.socket);
      held.push(() => echo(request, response));
    });
    const probe = await ask(await listen(server), { connections: 2, timeout_ns: 5_000_000_000 });
    while (held.length < 10) await sleep(10);
    expect(sockets.size).toBe(held.length);
    server.removeAllListeners('request').on('request', echo);
    const waited = held.length;
    for (const answer of held.splice(0)) answer();
    await sleep(300);
    const open = await new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
    expect(open).toBeLessThanOrEqual(3);
    const records = await probe.records();
    expect(outcomesOf(records)).toEqual(['ok']);
    expect(records.slice(waited + 5).some(({ reused }) => reused)).toBe(true);
  });

  it('a connection that dies takes its request with it, which is never sent again', async () => {
    const asked: (string | undefined)[] = [];
    let served = 0;
    const server = createServer((request, response) => {
      asked.push(request.url);
      served += 1;
      if (served % 5 === 0) request.socket.resetAndDestroy();
      else echo(request, response);
    });
    const probe = await ask(await listen(server), { connections: 2 });
    const records = await probe.first(20);
    expect(new Set(asked).size).toBe(asked.length);
    const died = records.filter(({ outcome }) => outcome !== 'ok');
    expect(outcomesOf(died)).toEqual(['reset']);
    expect(died.length).toBeGreaterThanOrEqual(3);
    expect(records.filter(({ reused }) => !reused).length).toBeGreaterThanOrEqual(4);
  });

  it('a kept connection that the server closes between two requests fails none', async () => {
    const server = createServer((request, response) => {
      response.once('finish', () => request.socket.end());
      echo(request, response);
    });
    const probe = await ask(await listen(server), { connections: 1, interval_ns: 300_000_000 });
    const records = await probe.first(8);
    expect(outcomesOf(records)).toEqual(['ok']);
    expect(records.filter(({ reused }) => reused)).toEqual([]);
  });

  it('says which parameter is wrong', async () => {
    const bad = async (more: object) => {
      const params = { address: '127.0.0.1', port: 80, host: 'h', path: '/', interval_ns: INTERVAL_NS };
      const rest = {
        late_ns: 1e8,
        timeout_ns: 1e8,
        connections: 0,
        content: 'any',
        expected: {},
        output: '/tmp/x',
      };
      const [probe, line] = await ProbeProcess.start('http_client', { ...params, ...rest, ...more });
      expect(await probe.exited).toBe(1);
      return line.message;
    };
    expect(await bad({ content: 'all' })).toBe(
      "parameter content is 'all', expected one of any, echo, metadata",
    );
    expect(await bad({ interval_ns: 5 })).toMatch(
      /^parameter interval_ns is 5, expected an integer from 1000000/,
    );
    expect(await bad({ expected: { id: 1 } })).toMatch(
      /^parameter expected is .* expected an object of texts$/,
    );
  });

  it('ends at once at the end of stdin and leaves no file', async () => {
    const files = scratch();
    const probe = await ask(await listen(createServer(echo)), { output: files.path('out') });
    probe.client.child.stdin?.end();
    expect(await probe.client.exited).toBe(0);
    expect(probe.client.stderr).toBe('');
    expect(readdirSync(files.root)).toEqual([]);
  });
});
