import { expect, test } from 'vitest';
import { http } from '../../../harness/probes/http/http.ts';

const MS = 1_000_000;
const WINDOWS = { fault_ns: 2000 * MS, heal_ns: 7000 * MS, healed_ns: 7500 * MS, end_ns: 9900 * MS };
const OPTIONS = http.options.parse({ kind: 'http', from: 'client', address: '198.18.1.100' });

/** Requests every 20 ms that take 200 ms, until a fault at 1999.5 ms resets what is under way; all others are refused. */
function records(): Uint8Array {
  const lines = Array.from({ length: 500 }, (_, i) => {
    const sent_ms = i * 20;
    const [done_ms, rest] = endOf(sent_ms);
    return `${i},${sent_ms * MS},${(sent_ms + 1) * MS},${done_ms * MS},${rest}\n`;
  });
  const header = 'seq,sent_ns,connected_ns,done_ns,outcome,status,backend,node,reused\n';
  return new TextEncoder().encode(header + lines.join(''));
}

function endOf(sent_ms: number): [done_ms: number, rest: string] {
  if (sent_ms + 200 < 1999.5) return [sent_ms + 200, 'ok,200,web1,lb1,0'];
  return sent_ms < 1999.5 ? [1999.5, 'reset,,,,0'] : [sent_ms + 1, 'refused,,,,0'];
}

test.each([
  ['before the call that broke it had returned', { fault_from_ns: 1999 * MS }, 10],
  ['where it is not known when that call began', {}, 0],
])('what was under way failed %s', (_, windows, in_flight) => {
  const { metrics } = http.analyse('web', OPTIONS, { 'web.csv': records() }, { ...WINDOWS, ...windows });
  expect(metrics).toMatchObject({ in_flight, in_flight_failed: in_flight });
});
