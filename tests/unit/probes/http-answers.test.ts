import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { askHttp as ask, echo, listen, outcomesOf } from './http-process.ts';
import { missingPython } from './probe-process.ts';

const suite = missingPython ? `http answers (skipped: ${missingPython})` : 'http answers';

/** Answers the first request of every connection with these bytes, and ends it. */
function answering(bytes: string): TcpServer {
  return createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(bytes));
  });
}

// Starting Python takes seconds on a machine whose cores are taken away.
describe.skipIf(missingPython)(suite, { timeout: 30_000 }, () => {
  const head = 'HTTP/1.1 200 OK\r\nX-Backend: web1\r\n';
  it.each<[string, () => TcpServer, string, number | null]>([
    [
      'a reset',
      () =>
        createTcpServer((socket) =>
          socket.on('error', () => {}).once('data', () => socket.resetAndDestroy()),
        ),
      'reset',
      null,
    ],
    ['an end without an answer', () => answering(''), 'closed', null],
    ['an end in the head', () => answering('HTTP/1.1 200 OK\r\nX-Ba'), 'closed', null],
    ['an end in the body', () => answering(`${head}Content-Length: 100\r\n\r\nweb1 /`), 'closed', null],
    [
      'an end in a chunk',
      () => answering(`${head}Transfer-Encoding: chunked\r\n\r\n64\r\nweb1 /`),
      'closed',
      null,
    ],
    ['what is not HTTP', () => answering('220 mail.example ESMTP\r\n\r\n'), 'wrong-content', null],
    [
      'chunks without a length',
      () => answering(`${head}Transfer-Encoding: chunked\r\n\r\nweb1\r\n`),
      'wrong-content',
      null,
    ],
    [
      'a length beyond all numbers',
      () => answering(`${head}Content-Length: ${'9'.repeat(5000)}\r\n\r\n`),
      'wrong-content',
      null,
    ],
    ['a length that is none', () => answering(`${head}Content-Length: -5\r\n\r\n`), 'wrong-content', null],
    [
      'an error',
      () => answering('HTTP/1.0 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n'),
      'status',
      503,
    ],
    [
      'the answer to something else',
      () => answering(`${head}Content-Length: 7\r\n\r\nweb1 /\n`),
      'wrong-content',
      200,
    ],
  ])('tells %s', async (_, server, outcome, status) => {
    const probe = await ask(await listen(server()), { timeout_ns: 2_000_000_000 });
    const records = await probe.first(5);
    expect(records).toMatchObject(records.map(() => ({ outcome, status })));
  });

  it('tells a port where nobody listens', async () => {
    const records = await (await ask(1)).first(5);
    expect(records.map(({ outcome, connected_ns }) => [outcome, connected_ns])).toEqual(
      records.map(() => ['refused', null]),
    );
  });

  const piecemeal = async (response: ServerResponse, pieces: readonly string[]) => {
    for (const piece of pieces) {
      response.write(piece);
      await sleep(3);
    }
    response.end();
  };

  it.each<[string, RequestListener]>([
    [
      'of a known length, in pieces',
      (request, response) => {
        const body = `web1 ${request.url}\n`;
        response.writeHead(200, { 'X-Backend': 'web1', 'Content-Length': body.length });
        piecemeal(response, [...body]);
      },
    ],
    [
      'in chunks',
      (request, response) => {
        response.writeHead(200, { 'X-Backend': 'web1' });
        piecemeal(response, ['web1 ', `${request.url}`, '\n']);
      },
    ],
    [
      'in chunks with a trailer',
      (request, response) => {
        response.writeHead(200, { 'X-Backend': 'web1', Trailer: 'X-Sum' });
        response.write(`web1 ${request.url}\n`);
        response.addTrailers({ 'X-Sum': '1' });
        response.end();
      },
    ],
    [
      'behind an interim answer',
      (request, response) => {
        response.writeProcessing();
        echo(request, response);
      },
    ],
  ])('reads an answer %s, on new and on kept connections', async (_, listener) => {
    const server = createServer({ noDelay: true }, listener);
    const port = await listen(server);
    for (const connections of [0, 2]) {
      const probe = await ask(port, { connections, timeout_ns: 5_000_000_000 });
      expect(outcomesOf(await probe.first(8))).toEqual(['ok']);
    }
  });

  it('reads an answer that ends with its connection', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (data) => {
        const path = data.toString().split(' ')[1];
        socket.end(`HTTP/1.0 200 OK\r\nX-Backend: web1\r\n\r\nweb1 ${path}\n`);
      });
    });
    const port = await listen(server);
    for (const connections of [0, 2]) {
      const records = await (await ask(port, { connections })).first(8);
      expect(outcomesOf(records)).toEqual(['ok']);
      expect(records.filter(({ reused }) => reused)).toEqual([]);
    }
  });

  it('an answer without a body ends with its head, whatever length it tells', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write('HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n'));
    });
    const records = await (await ask(await listen(server), { connections: 1 })).first(5);
    expect(records).toMatchObject(records.map(() => ({ outcome: 'status', status: 304 })));
    expect(records.some(({ reused }) => reused)).toBe(true);
  });

  it.each<[string, object, string]>([
    ['its own', {}, 'ok'],
    ["another instance's", { instance_id: 'i-2' }, 'wrong-instance'],
    ["another tenant's", { tenant_id: 't-2' }, 'wrong-instance'],
    ['for another path', { path: '/' }, 'wrong-content'],
    ['not signed', { signature: undefined }, 'wrong-content'],
  ])('metadata that are %s', async (_, change, outcome) => {
    const server = createServer((request, response) => {
      const own = { instance_id: 'i-1', tenant_id: 't-1', path: request.url, signature: 'ok' };
      response.writeHead(200, { 'X-Agent': 'n1', 'X-Node': 'n2' }).end(JSON.stringify({ ...own, ...change }));
    });
    const expected = { instance_id: 'i-1', tenant_id: 't-1' };
    const probe = await ask(await listen(server), { content: 'metadata', expected });
    const records = await probe.first(5);
    expect(records).toMatchObject(records.map(() => ({ outcome, backend: 'n1', node: 'n2', status: 200 })));
  });

  it.each<[string, string, string]>([
    ['no JSON', 'no JSON', 'wrong-content'],
    ['a list', '["i-1"]', 'wrong-content'],
    ['a list too deep to be read', '['.repeat(200_000), 'wrong-content'],
  ])('%s is not metadata; where any answer will do it is right', async (_, body, outcome) => {
    const port = await listen(createServer((_, response) => response.end(body)));
    for (const [content, expected] of [
      ['metadata', outcome],
      ['any', 'ok'],
      ['echo', 'wrong-content'],
    ]) {
      expect(outcomesOf(await (await ask(port, { content })).first(3))).toEqual([expected]);
    }
  });
});
