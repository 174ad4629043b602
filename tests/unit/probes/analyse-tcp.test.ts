import { describe, expect, test } from 'vitest';
import type { Records } from '../../../harness/evidence/records.ts';
import { InputError } from '../../../harness/ground/errors.ts';
import type { Bound } from '../../../harness/journal/journal.ts';
import type { SessionRecord } from '../../../harness/probes/tcp/records/session-outcome.ts';
import { tcp } from '../../../harness/probes/tcp/tcp.ts';

const SAID = { kind: 'tcp', from: 'a', to: 'b', address: '203.0.113.1', period: '100ms' };
const OPTIONS = tcp.options.parse(SAID);
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
function files(client: SessionRecord[], server: SessionRecord[] = client): Records {
  return {
    'tcp-client.json': encode(JSON.stringify({ sessions: client })),
    'tcp-server.json': encode(JSON.stringify({ sessions: server })),
  };
}
const analyse = (records: Records) => tcp.analyse('tcp', OPTIONS, records, WINDOWS);

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
      resumed_ratio: 0.5,
      client_first_survived_ratio: 0.5,
      server_first_survived_ratio: 0.5,
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
      resumed_ratio: 0,
      client_first_survived_ratio: 0,
      reset: 1,
      stalled: 0,
    });
    expect(analyse(files([])).metrics).not.toHaveProperty('survived_ratio');
  });

  test.each([
    ['one is missing', { 'tcp-client.json': files([])['tcp-client.json']! }, "no record 'tcp-server.json'"],
    [
      'one is not JSON',
      { ...files([]), 'tcp-client.json': encode('{"sess') },
      "'tcp-client.json' is not JSON",
    ],
    [
      'one is another list',
      { ...files([]), 'tcp-server.json': encode('[]') },
      "'tcp-server.json' is not a record of TCP",
    ],
    [
      'a field is missing',
      { ...files([]), 'tcp-server.json': encode('{"sessions":[{"id":1,"mode":"client_first"}]}') },
      "'tcp-server.json' is not a record of TCP sessions: sessions.0.established_ns: ",
    ],
    ['a session is there twice', files([session(0), session(0)]), 'session 0 twice'],
  ])('%s', (_, records, words) => {
    expect(() => analyse(records)).toThrow(InputError);
    expect(() => analyse(records)).toThrow(words);
  });
});

describe('of users who connect again', () => {
  const again = tcp.options.parse({ ...SAID, to: ['b1', 'b2'], reconnect: '200ms' });
  const lost = (id: number) => session(id, { last_received_ns: 2e9, ...reset });
  const next = (id: number, origin: number, change: object = {}) => ({
    ...session(id, { established_ns: 4e9, longest_stall_ns: 0.1e9, ...change }),
    origin,
    first_received_ns: 4.5e9,
    ...change,
  });
  const found = (client: object[], b1: object[], b2: object[]) =>
    tcp.analyse(
      'tcp',
      again,
      {
        'tcp-client.json': encode(JSON.stringify({ sessions: client })),
        'tcp-server-b1.json': encode(JSON.stringify({ sessions: b1 })),
        'tcp-server-b2.json': encode(JSON.stringify({ sessions: b2 })),
      },
      WINDOWS,
    );

  test('sessions are looked for on every server', () => {
    const { metrics, open } = found(
      [session(0), lost(1), next(2, 1)],
      [session(0), lost(1)],
      [session(2, { established_ns: 4e9 })],
    );
    expect(open).toEqual([]);
    expect(metrics).toMatchObject({
      sessions: 2,
      survived: 1,
      reset: 1,
      lost: 1,
      given_up: 0,
      reconnected: 1,
      reconnect_ms: 2500,
      reconnect_median_ms: 2500,
    });
  });

  test('who has no working session at the end is an open end', () => {
    const served = [session(0), session(2), next(4, 2)];
    const late = next(4, 2, { last_received_ns: 5e9 });
    expect(found([session(0), lost(2), late], served, []).open).toEqual([
      'tcp: 1 of 2 users had no working session at the end of the trial',
    ]);
    expect(found([session(0), lost(2), next(4, 2)], [session(0)], []).metrics).toMatchObject({
      lost: 1,
      reconnected: 0,
    });
  });

  test('a server that left no record is missed by name', () => {
    expect(() => tcp.analyse('tcp', again, files([]), WINDOWS)).toThrow("no record 'tcp-server-b1.json'");
  });

  test('without reconnect nothing is said of it', () => {
    const { metrics, open } = analyse(files([lost(0)]));
    expect(open).toEqual([]);
    for (const name of ['lost', 'given_up', 'reconnected', 'reconnect_ms'])
      expect(metrics).not.toHaveProperty(name);
  });
});

describe('options', () => {
  const of = (more: object) => tcp.options.safeParse({ ...SAID, ...more });

  test('one node or several serve', () => {
    expect(tcp.nodes(OPTIONS)).toEqual(['a', 'b']);
    expect(tcp.nodes(of({ to: ['b', 'c'] }).data!)).toEqual(['a', 'b', 'c']);
    expect(of({ to: [] }).success).toBe(false);
    expect(of({ to: ['b', 'b'] }).error?.issues[0]?.message).toBe('every node once');
  });

  test.each([
    [{ reconnect: '19ms' }, ['reconnect'], '20ms to 10s'],
    [{ reconnect: '11s' }, ['reconnect'], '20ms to 10s'],
    [{ reconnect: '1s', give_up: '61s' }, ['give_up'], '100ms to 1m'],
    [{ give_up: '1s' }, ['give_up'], 'none without reconnect'],
    [{ reconnect: '1s', give_up: '199ms' }, ['give_up'], 'two periods at least, 200 ms'],
    [{ reconnect: '1s', period: '2s' }, ['period'], 'half of give_up at most, which is 3000 ms by default'],
  ])('%j is refused', (more, path, message) => {
    expect(of(more).error?.issues).toMatchObject([{ path, message }]);
  });

  test.each([{ reconnect: '20ms' }, { reconnect: '10s', give_up: '200ms' }])('%j is taken', (more) => {
    expect(of(more).error).toBeUndefined();
  });
});

test('a stall is bounded where there was an outage whose retransmissions are known', () => {
  const bound = (outage_ms: number | undefined) =>
    tcp.bounds!(OPTIONS, { takeover: undefined, outage_ms }, {}) as Record<string, Bound>;
  expect(bound(3000).stall_ms!.low).toBeCloseTo(3000);
  expect(bound(3000).stall_ms!.high).toBeGreaterThan(3000);
  expect(bound(undefined)).toEqual({});
  expect(bound(100_001)).toEqual({});
});
