import { latin1Text } from './bytes.ts';

/** How an HTTP/1.x message begins. */
export type HttpStart = HttpRequestLine | HttpStatusLine;

export interface HttpRequestLine {
  kind: 'request';
  method: string;
  /** As it was sent; its captured part when `cut`. */
  target: string;
  /** After `HTTP/1.`; undefined when it is not here. */
  minor: number | undefined;
  /** Of the first Host line, where all of it is here. */
  host: string | undefined;
  /** The payload ends before the line does. */
  cut: boolean;
}

export interface HttpStatusLine {
  kind: 'response';
  status: number;
  minor: number;
  /** As it was sent, without the white space around it; its captured part when `cut`. */
  reason: string;
  /** The payload ends before the line does. */
  cut: boolean;
}

/** RFC 9112 §3 asks servers for 8000 bytes at least; a longer start is no start that is read here. */
const LONGEST = 16_384;
const SHORTEST = 'GET /'.length;

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** A line ends with CRLF, and a reader may take a bare LF (RFC 9112 §2.2), but no bare CR. */
const REQUEST = new RegExp(`^(${TOKEN}) ([\\x21-\\x7e]+) HTTP/1\\.(\\d)\\r?\\n`);
const STATUS = /^HTTP\/1\.(\d) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?\r?\n/;
/** Without the line's end, only a method that is known tells a request from text. */
const CUT_REQUEST =
  /^(GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH) ([\x21-\x7e]+)(?: (?:H|HT|HTT|HTTP|HTTP\/|HTTP\/1|HTTP\/1\.|HTTP\/1\.(\d)\r?)?)?$/;
const CUT_STATUS = /^HTTP\/1\.(\d) ([1-9]\d\d)(?: ([\t\x20-\x7e\x80-\xff]*))?\r?$/;
const HOST = /^host:[ \t]*([\x21-\x7e]*)[ \t]*$/i;

/**
 * The request line or status line with which a TCP payload begins (RFC 9112 §3, §4); undefined when it begins with
 * none. A payload that is cut, by the snapshot or at a segment's end, gives what can be known of it.
 */
export function httpStartOf(payload: Uint8Array): HttpStart | undefined {
  if (payload.length < SHORTEST || !isTokenStart(payload[0]!)) return undefined;
  const text = latin1Text(payload, 0, Math.min(payload.length, LONGEST));
  return text.startsWith('HTTP/') ? statusLine(text) : requestLine(text);
}

/** Every method in use, and `HTTP/`, begins with a capital letter: this drops most foreign bytes at the first. */
function isTokenStart(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

function requestLine(text: string): HttpRequestLine | undefined {
  const whole = REQUEST.exec(text);
  const match = whole ?? CUT_REQUEST.exec(text);
  if (!match) return undefined;
  return {
    kind: 'request',
    method: match[1]!,
    target: match[2]!,
    minor: match[3] === undefined ? undefined : Number(match[3]),
    host: whole ? hostIn(text, whole[0].length) : undefined,
    cut: !whole,
  };
}

function hostIn(text: string, from: number): string | undefined {
  for (let at = from; ; ) {
    const end = text.indexOf('\n', at);
    if (end < 0) return undefined;
    const line = text.slice(at, text[end - 1] === '\r' ? end - 1 : end);
    if (line === '') return undefined;
    const match = HOST.exec(line);
    if (match) return match[1];
    at = end + 1;
  }
}

function statusLine(text: string): HttpStatusLine | undefined {
  const whole = STATUS.exec(text);
  const match = whole ?? CUT_STATUS.exec(text);
  if (!match) return undefined;
  return {
    kind: 'response',
    status: Number(match[2]),
    minor: Number(match[1]),
    reason: (match[3] ?? '').trim(),
    cut: !whole,
  };
}
