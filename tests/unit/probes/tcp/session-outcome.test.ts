import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../harness/ground/errors.ts';
import {
  type SessionEnd,
  type SessionRecord,
  sessionOutcome,
} from '../../../../harness/probes/tcp/records/session-outcome.ts';

const window = { fault_ns: 1e9, heal_ns: 8e9, end_ns: 10e9, fresh_ms: 1000, silence_ms: 300 };

function session(change: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id: 1,
    mode: 'client_first',
    established_ns: 0.5e9,
    last_received_ns: 9.5e9,
    received: 90,
    longest_stall_ns: 3e9,
    stall_from_ns: 0.9e9,
    order_errors: 0,
    ended: null,
    ...change,
  };
}

const outcome = (client: Partial<SessionRecord>, server: Partial<SessionRecord> = {}) =>
  sessionOutcome([session(client)], [session(server)], window);
const ended = (how: SessionEnd['how'], at_ns = 5e9) => ({
  ended: { how, at_ns, message: '' },
});

describe('sessionOutcome', () => {
  it('counts a survivor with the longer stall of its two sides', () => {
    expect(outcome({}, { longest_stall_ns: 4e9 })).toEqual({
      sessions: 1,
      survived: 1,
      survived_ratio: 1,
      survived_by_mode: { client_first: 1, server_first: undefined },
      reset: 0,
      given_up: 0,
      stalled: 0,
      closed: 0,
      corrupted: 0,
      unestablished: 0,
      stall_ms: 4000,
      stall_median_ms: 4000,
      resumed_ns: 4.9e9,
      resumed_ratio: 1,
    });
  });

  it.each([
    ['reset', ended('reset'), {}],
    ['reset', {}, ended('reset')],
    ['reset', ended('closed'), ended('reset')],
    ['reset', ended('refused'), {}],
    ['closed', ended('closed'), {}],
    ['closed', {}, ended('timed_out')],
    ['stalled', { last_received_ns: 8.9e9 }, {}],
    ['stalled', {}, { last_received_ns: null }],
    ['given_up', ended('given_up'), {}],
    ['given_up', ended('given_up'), ended('reset', 6e9)],
    ['reset', ended('given_up'), ended('reset', 4e9)],
    ['survived', ended('given_up', 10.1e9), {}],
    ['corrupted', { order_errors: 1 }, ended('reset')],
    ['corrupted', {}, { order_errors: 1 }],
    ['unestablished', { established_ns: null }, {}],
    ['unestablished', { established_ns: 2e9 }, {}],
    ['survived', ended('closed', 10.1e9), {}],
    ['survived', { last_received_ns: 9e9 }, {}],
  ] as const)('counts as %s: client %j, server %j', (fate, client, server) => {
    const seen = outcome(client, server);
    expect(seen[fate]).toBe(1);
    expect(seen.survived_ratio).toBe(fate === 'survived' ? 1 : 0);
  });

  it('lets nothing survive that the server does not know', () => {
    expect(sessionOutcome([session()], [], window)).toMatchObject({ survived: 0, stalled: 1 });
  });

  it('gives no ratio and no stall without sessions or survivors', () => {
    expect(sessionOutcome([], [session()], window)).toMatchObject({ sessions: 0, survived_ratio: undefined });
    expect(outcome(ended('reset'))).toMatchObject({ stall_ms: undefined, stall_median_ms: undefined });
  });

  it('takes stalls from survivors alone', () => {
    const stalls = [1e9, 2e9, 9e9];
    const client = stalls.map((longest_stall_ns, id) => session({ id, longest_stall_ns }));
    const dead = session({ id: 'dead', longest_stall_ns: 99e9, ...ended('reset') });
    expect(sessionOutcome([...client, dead], [...client, dead], window)).toMatchObject({
      sessions: 4,
      survived_ratio: 0.75,
      stall_ms: 9000,
      stall_median_ms: 2000,
    });
  });

  it('refuses an id that is there twice', () => {
    expect(() => sessionOutcome([session(), session()], [], window)).toThrow(InputError);
  });

  it('gives every session exactly one fate', () => {
    const moment = fc.option(fc.integer({ min: 0, max: 12e9 }));
    const how = fc.constantFrom('reset', 'closed', 'refused', 'timed_out');
    const side = fc.record({
      established_ns: moment,
      last_received_ns: moment,
      order_errors: fc.constantFrom(0, 0, 0, 2),
      ended: fc.option(
        fc.record({ at_ns: fc.integer({ min: 0, max: 12e9 }), how, message: fc.constant('') }),
      ),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(side, fc.option(side)), { maxLength: 20 }), (pairs) => {
        const client = pairs.map(([ours], id) => session({ ...ours, id }));
        const server = pairs.flatMap(([, theirs], id) => (theirs ? [session({ ...theirs, id })] : []));
        const seen = sessionOutcome(client, server, window);
        const fates = [seen.reset, seen.stalled, seen.closed, seen.corrupted, seen.unestablished];
        expect(fates.reduce((a, b) => a + b, seen.survived)).toBe(pairs.length);
        expect(seen.sessions).toBe(pairs.length);
      }),
    );
  });
});

describe('the last session going on', () => {
  const resumed = (client: Partial<SessionRecord>, server: Partial<SessionRecord> = client) =>
    outcome(client, server).resumed_ns;

  it('is the later end of the longest silences of both sides', () => {
    expect(resumed({})).toBe(3.9e9);
    expect(resumed({}, { stall_from_ns: 1.5e9 })).toBe(4.5e9);
  });

  it('is that of the last session', () => {
    const both = [session(), session({ id: 2, longest_stall_ns: 5e9 })];
    expect(sessionOutcome(both, both, window).resumed_ns).toBe(5.9e9);
  });

  it.each([
    ['a pause between two messages', { longest_stall_ns: 300e6 }],
    ['a silence that was over before the fault', { stall_from_ns: 0.5e9, longest_stall_ns: 0.5e9 }],
    ['a silence that began with the healing', { stall_from_ns: 8e9, longest_stall_ns: 1e9 }],
  ])('is not the end of %s', (_, record) => {
    expect(resumed(record)).toBeUndefined();
  });

  it.each([
    { longest_stall_ns: 301e6 },
    { stall_from_ns: 0.5e9, longest_stall_ns: 0.5e9 + 1 },
    { stall_from_ns: 8e9 - 1, longest_stall_ns: 1e9 },
  ])('is the end of %j, which just counts', (record) => {
    expect(resumed(record)).toBeDefined();
  });

  it('is nothing for a session that did not live on', () => {
    expect(resumed(ended('reset'))).toBeUndefined();
    expect(resumed({ last_received_ns: 8.9e9 })).toBeUndefined();
  });
});

describe('the share that had gone on when healing began', () => {
  const spans = { stall_from_ns: 6e9, longest_stall_ns: 2.5e9 };

  it.each([
    ['silenced by the fault, and going on', {}, {}, 1],
    ['never silent', { longest_stall_ns: 0.2e9 }, { longest_stall_ns: 0.3e9 }, 1],
    ['reset later on', { ...ended('reset', 9e9), last_received_ns: 8.9e9 }, {}, 1],
    ['silent later on', { last_received_ns: 7.5e9 }, {}, 1],
    ['silent from the fault to the end', { last_received_ns: 0.9e9, longest_stall_ns: 9.1e9 }, {}, 0],
    ['going on after healing alone', {}, { stall_from_ns: 0.9e9, longest_stall_ns: 7.2e9 }, 0],
    ['silent again when healing began', spans, {}, 0],
    ['reset before', ended('reset'), {}, 0],
    ['reset before, on the other side', {}, ended('reset'), 0],
    ['not up before the fault', { established_ns: 2e9 }, {}, 0],
    ['out of order', { order_errors: 1 }, {}, 0],
    ['of which a longer silence came later', {}, { stall_from_ns: 8.1e9, longest_stall_ns: 1e9 }, undefined],
    ['the same, and the other side is known to be silent', spans, { stall_from_ns: 8.1e9 }, 0],
  ] as const)('of a session %s', (_, client, server, ratio) => {
    expect(outcome(client, server).resumed_ratio).toBe(ratio);
  });

  it('is not told when it cannot be told of one', () => {
    const unclear = session({ id: 2, stall_from_ns: 8.1e9, longest_stall_ns: 1e9 });
    const all = [session(), session({ id: 3, ...ended('reset') })];
    expect(sessionOutcome(all, all, window).resumed_ratio).toBe(0.5);
    const with_it = [...all, unclear];
    expect(sessionOutcome(with_it, with_it, window).resumed_ratio).toBeUndefined();
    expect(sessionOutcome([], [], window).resumed_ratio).toBeUndefined();
  });
});
