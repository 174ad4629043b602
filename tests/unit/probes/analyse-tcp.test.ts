import { describe, expect, test } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import type { SessionRecord } from '../../../harness/measure/session-outcome.ts';
import type { ProbeFiles } from '../../../harness/probes/probe.ts';
import { tcp } from '../../../harness/probes/tcp.ts';

const OPTIONS = tcp.options.parse({
  kind: 'tcp',
  from: 'a',
  to: 'b',
  address: '203.0.113.1',
  period: '100ms',
});
const WINDOWS = { fault_ns: 2e9, heal_ns: 7e9, healed_ns: 7.5e9, end_ns: 10e9 };

const session = (id: number, change: Partial<SessionRecord> = {}): SessionRecord => ({
  id,
  mode: id % 2 === 0 ? 'client_first' : 'server_first',
  established_ns: 0.5e9,
  last_received_ns: 9.9e9,
  received: 90,
  longest_stall_ns: 3e9,
  stall_from_ns: 1.9e9,
  order_errors: 0,
  ended: null,
  ...change,
});
const reset = { ended: { at_ns: 3e9, how: 'reset', message: 'Connection reset by peer' } } as const;
const encode = (text: string) => new TextEncoder().encode(text);
function files(client: SessionRecord[], server: SessionRecord[] = client): ProbeFiles {
  return {
    'tcp-client.json': encode(JSON.stringify({ sessions: client })),
    'tcp-server.json': encode(JSON.stringify({ sessions: server })),
  };
}
const analyse = (records: ProbeFiles) => tcp.analyse('tcp', OPTIONS, records, WINDOWS);

describe('what a TCP probe’s records say', () => {
  test('of every fate', () => {
    const found = analyse(
      files(
        [
          session(0),
          session(1, { longest_stall_ns: 2e9 }),
          session(2),
          session(3, { last_received_ns: 4e9 }),
        ],
        [session(0), session(1), session(2, reset), session(3)],
      ),
    );
    expect(found.metrics).toEqual({
      sessions: 4,
      survived: 2,
      survived_ratio: 0.5,
      reset: 1,
      stalled: 1,
      stall_ms: 3000,
      stall_median_ms: 3000,
    });
    expect(found).toMatchObject({ outages: [], open: [], doubts: [], resumed_ns: 4.9e9 });
  });

  test('a survivor is heard from within two periods and a second before the end', () => {
    const heard = (ms: number) => analyse(files([session(0, { last_received_ns: 10e9 - ms * 1e6 })]));
    expect(heard(1200).metrics.survived).toBe(1);
    expect(heard(1201).metrics.stalled).toBe(1);
  });

  test('a silence of up to three periods is none', () => {
    const silent = (ms: number) => analyse(files([session(0, { longest_stall_ns: ms * 1e6 })]));
    expect(silent(300)).not.toHaveProperty('resumed_ns');
    expect(silent(301).resumed_ns).toBe(1.9e9 + 301e6);
  });

  test('where nothing survived there is no stall, where nothing was there no ratio', () => {
    expect(analyse(files([session(0, reset)])).metrics).toEqual({
      sessions: 1,
      survived: 0,
      survived_ratio: 0,
      reset: 1,
      stalled: 0,
    });
    expect(analyse(files([])).metrics).not.toHaveProperty('survived_ratio');
  });

  test.each([
    ['one is missing', { 'tcp-client.json': files([])['tcp-client.json']! }, "no record 'tcp-server.json'"],
    [
      'one is no JSON',
      { ...files([]), 'tcp-client.json': encode('{"sess') },
      "'tcp-client.json' is not JSON",
    ],
    [
      'one is another list',
      { ...files([]), 'tcp-server.json': encode('[]') },
      "'tcp-server.json' is none of TCP",
    ],
    [
      'a field is missing',
      { ...files([]), 'tcp-server.json': encode('{"sessions":[{"id":1,"mode":"client_first"}]}') },
      "'tcp-server.json' is none of TCP sessions: sessions.0.established_ns: ",
    ],
    ['a session is there twice', files([session(0), session(0)]), 'session 0 twice'],
  ])('%s', (_, records, words) => {
    expect(() => analyse(records)).toThrow(InputError);
    expect(() => analyse(records)).toThrow(words);
  });
});

test('a stall is bounded where there was an outage whose retransmissions are known', () => {
  const bound = (outage_ms: number | undefined) =>
    tcp.bounds!(OPTIONS, { takeover: undefined, outage_ms }, {});
  expect(bound(3000).stall_ms!.low).toBeCloseTo(3000);
  expect(bound(3000).stall_ms!.high).toBeGreaterThan(3000);
  expect(bound(undefined)).toEqual({});
  expect(bound(100_001)).toEqual({});
});
