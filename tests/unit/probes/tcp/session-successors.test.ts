import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../harness/ground/errors.ts';
import type { SessionRecord } from '../../../../harness/probes/tcp/records/session-outcome.ts';
import {
  type SuccessorRecord,
  successorOutcome,
} from '../../../../harness/probes/tcp/records/session-successors.ts';

const window = { fault_ns: 1e9, heal_ns: 8e9, end_ns: 20e9, fresh_ms: 1000, silence_ms: 300 };

function session(id: number, change: Partial<SessionRecord> = {}): SessionRecord {
  return {
    id,
    mode: 'client_first',
    established_ns: 0.5e9,
    last_received_ns: 19.5e9,
    received: 90,
    longest_stall_ns: 0.1e9,
    stall_from_ns: 0.9e9,
    order_errors: 0,
    ended: null,
    ...change,
  };
}

/** A session that was heard from last at `last_s`, and known to be dead a second later. */
function dead(id: number, last_s: number, how: 'reset' | 'closed' | 'given_up' = 'reset'): SessionRecord {
  const ended = { at_ns: (last_s + 1) * 1e9, how, message: '' };
  return session(id, { last_received_ns: last_s * 1e9, ended });
}

function successor(origin: number, first_s: number, record: SessionRecord): SuccessorRecord {
  const first_received_ns = first_s * 1e9;
  return { ...record, origin, first_received_ns, established_ns: first_received_ns };
}

const outcome = (
  originals: SessionRecord[],
  successors: SuccessorRecord[] = [],
  servers: SessionRecord[] = [...originals, ...successors],
) => successorOutcome(originals, successors, servers, window);

describe('successorOutcome', () => {
  it('has nothing to tell where nothing was lost', () => {
    expect(outcome([session(0), session(1)])).toEqual({
      lost: 0,
      reconnected: 0,
      unserved: 0,
      reconnect_ms: undefined,
      reconnect_median_ms: undefined,
      rejoin_ms: undefined,
    });
  });

  it('measures from the last message of the lost one to the first of its successor', () => {
    const originals = [dead(0, 1), dead(1, 1.5, 'given_up'), dead(2, 1.2, 'closed'), session(3)];
    const successors = [
      successor(0, 3, session(4)),
      successor(1, 6, session(5)),
      successor(2, 2.2, session(6)),
    ];
    expect(outcome(originals, successors)).toMatchObject({
      lost: 3,
      reconnected: 3,
      unserved: 0,
      reconnect_ms: 4500,
      reconnect_median_ms: 2000,
      rejoin_ms: undefined,
    });
  });

  it('follows a line through the death of a successor, in whatever order it is told', () => {
    const line = [successor(0, 12, session(2)), successor(0, 3, dead(1, 5)), successor(0, 7, dead(3, 9))];
    expect(outcome([dead(0, 2)], line)).toMatchObject({
      lost: 1,
      reconnected: 1,
      unserved: 0,
      reconnect_ms: 2000,
      reconnect_median_ms: 1500,
      rejoin_ms: 3000,
    });
  });

  it.each([
    ['there is none', []],
    ['it died', [successor(0, 3, dead(1, 15))]],
    ['it fell silent', [successor(0, 3, session(1, { last_received_ns: 18.9e9 }))]],
    ['its messages are in disorder', [successor(0, 3, session(1, { order_errors: 1 }))]],
    ['it came after the end', [successor(0, 20.1, session(1, { last_received_ns: 20.2e9 }))]],
  ])('takes nobody for served where of successors %s', (_, successors) => {
    expect(outcome([dead(0, 2)], successors)).toMatchObject({ lost: 1, reconnected: 0, unserved: 1 });
  });

  it('takes both sides for a session that works', () => {
    const next = successor(0, 3, session(1));
    expect(outcome([dead(0, 2)], [next], [dead(0, 2)])).toMatchObject({ reconnected: 0, unserved: 1 });
    const deaf = session(1, { last_received_ns: 5e9 });
    expect(outcome([dead(0, 2)], [next], [deaf])).toMatchObject({ reconnected: 0, unserved: 1 });
  });

  it('counts a silent session without a successor as lost and not served', () => {
    const silent = session(0, { last_received_ns: 18.9e9 });
    expect(outcome([silent])).toMatchObject({ lost: 1, reconnected: 0, unserved: 1 });
  });

  it('refuses an id that is there twice', () => {
    expect(() => outcome([dead(0, 2)], [successor(0, 3, session(0))], [])).toThrow(InputError);
    expect(() => outcome([session(0)], [], [session(0), session(0)])).toThrow(
      "the server's TCP records name session 0 twice",
    );
  });

  it('has a place for everyone', () => {
    const last = fc.option(fc.boolean(), { nil: undefined });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), last)), (users) => {
        const originals = users.map(([isDead], id) => (isDead ? dead(id, 2) : session(id)));
        const successors = users.flatMap(([isDead, works], id) => {
          const next = 1000 + id;
          return isDead && works !== undefined
            ? [successor(id, 4, works ? session(next) : dead(next, 6))]
            : [];
        });
        const { lost, reconnected, unserved } = outcome(originals, successors);
        expect(reconnected + unserved).toBe(lost);
        expect(lost).toBe(users.filter(([isDead]) => isDead).length);
      }),
    );
  });
});
