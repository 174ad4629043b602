import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { httpStartOf } from '../../../harness/observe/http.ts';
import { tcpOf } from '../../../harness/observe/tcp.ts';
import { frameOf } from './frames.ts';
import { segmentFrame, text } from './message-builder.ts';

const of = (line: string) => httpStartOf(Uint8Array.from(text(line)));

describe('httpStartOf', () => {
  it('reads a request line and its host', () => {
    const request =
      'GET /openstack/latest?a=b HTTP/1.1\r\nAccept: */*\r\nhOsT: \t169.254.169.254:80 \r\n\r\n';
    expect(of(request)).toEqual({
      kind: 'request',
      method: 'GET',
      target: '/openstack/latest?a=b',
      minor: 1,
      host: '169.254.169.254:80',
      cut: false,
    });
  });

  it('reads a status line, with a reason, an empty one and none', () => {
    const want = { kind: 'response', status: 503, minor: 0, cut: false };
    expect(of('HTTP/1.0 503 Service Unavailable\r\nX: y\r\n')).toEqual({
      ...want,
      reason: 'Service Unavailable',
    });
    expect(of('HTTP/1.0 503 \r\n')).toEqual({ ...want, reason: '' });
    expect(of('HTTP/1.0 503\n')).toEqual({ ...want, reason: '' });
  });

  it.each([
    ['POST / HTTP/1.1\r\n', 'POST', '/'],
    ['M-SEARCH * HTTP/1.1\r\n', 'M-SEARCH', '*'],
    ['CONNECT example.test:443 HTTP/1.1\r\n', 'CONNECT', 'example.test:443'],
    ['GET http://example.test/ HTTP/1.0\n', 'GET', 'http://example.test/'],
  ])('reads %j', (line, method, target) => {
    expect(of(line)).toMatchObject({ kind: 'request', method, target, cut: false, host: undefined });
  });

  it('takes no host from the body, from a line that is cut, or from another field', () => {
    expect(of('GET / HTTP/1.1\r\n\r\nHost: body\r\n')).toMatchObject({ host: undefined });
    expect(of('GET / HTTP/1.1\r\nHost: exam')).toMatchObject({ host: undefined, cut: false });
    expect(of('GET / HTTP/1.1\r\nX-Host: a\r\nHost : b\r\n\r\n')).toMatchObject({ host: undefined });
  });

  it('says what it can of a request, wherever it is cut', () => {
    const line = 'GET /some/target HTTP/1.1\r\n';
    for (let length = 5; length < line.length; length += 1) {
      const target = '/some/target'.slice(0, length - 4);
      const minor = length >= 'GET /some/target HTTP/1.1'.length ? 1 : undefined;
      const want = { kind: 'request', method: 'GET', target, minor, host: undefined, cut: true };
      expect(of(line.slice(0, length))).toEqual(want);
    }
    expect(of('GET ')).toBeUndefined();
  });

  it('says what it can of a status line, from its status on', () => {
    const line = 'HTTP/1.1 204 No Content\r\n';
    for (let length = 5; length < line.length; length += 1) {
      const seen = of(line.slice(0, length));
      if (length < 'HTTP/1.1 204'.length) expect(seen).toBeUndefined();
      else expect(seen).toMatchObject({ kind: 'response', status: 204, cut: true });
    }
  });

  it.each([
    'hello world, this is no request',
    'GET  / HTTP/1.1\r\n',
    'GET / HTTP/2.0\r\n',
    'GET / HTTP/1.1 \r\n',
    'GET / HTTP/1.1\rHost: a\r\n',
    'GET /a b HTTP/1.1\r\n',
    'GET /\u00e4 HTTP/1.1\r\n',
    'Get some text that is cut',
    'HELLO world',
    'HTTP/1.1 99 x\r\n',
    'HTTP/1.1 2000 x\r\n',
    'HTTP/1.1  200 x\r\n',
    'HTTP/2 200\r\n',
    'HTTP/1.1 200 a\0b\r\n',
    '\r\nGET / HTTP/1.1\r\n',
  ])('reads nothing out of %j', (line) => {
    expect(of(line)).toBeUndefined();
  });

  it('reads the payload of a segment, also when the snapshot cut it', () => {
    const payload = text('GET /latest HTTP/1.1\r\nHost: a.test\r\n\r\n');
    const frame = segmentFrame({ flags: 0x18, payload });
    expect(httpStartOf(tcpOf(frameOf(frame))!.payload)).toMatchObject({ target: '/latest', host: 'a.test' });
    const cut = tcpOf(frameOf(frame.slice(0, 14 + 20 + 20 + 8)))!;
    expect(cut.payload_length).toBe(payload.length);
    expect(httpStartOf(cut.payload)).toMatchObject({ method: 'GET', target: '/lat', cut: true });
  });

  it('gives back what a request was built from', () => {
    const token = fc.stringMatching(/^[A-Z][!#$%&'*+.^_`|~0-9A-Za-z-]{0,20}$/);
    const target = fc.stringMatching(/^[!-~]{1,60}$/);
    const host = fc.stringMatching(/^[!-~]{0,30}$/);
    fc.assert(
      fc.property(token, target, fc.nat(9), host, (method, path, minor, name) => {
        expect(of(`${method} ${path} HTTP/1.${minor}\r\nA: b\r\nHost: ${name}\r\n\r\n`)).toEqual({
          kind: 'request',
          method,
          target: path,
          minor,
          host: name,
          cut: false,
        });
      }),
    );
  });

  it('takes no long time for a long line', { timeout: 30_000 }, () => {
    const long = Uint8Array.from(text(`GET ${'/'.repeat(3_000_000)}`));
    // A reader that tries every split of it would not come back within the test's deadline.
    for (let i = 0; i < 20; i += 1) expect(httpStartOf(long)?.cut).toBe(true);
  });
});
