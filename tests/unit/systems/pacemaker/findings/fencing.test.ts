import { describe, expect, test } from 'vitest';
import type { PowerEvent } from '../../../../../harness/journal/trial-facts.ts';
import type { ClusterEvent } from '../../../../../harness/systems/pacemaker/findings/cluster-events.ts';
import {
  fencedTooSoon,
  fencingMetrics,
  fencingMoments,
  fencingNotes,
} from '../../../../../harness/systems/pacemaker/findings/fencing.ts';
import {
  type FencingSeen,
  fencingsIn,
} from '../../../../../harness/systems/pacemaker/findings/fencing-rounds.ts';

const MS = 1e6;
const STRETCH = { from_ns: 0, to_ns: 20_000 * MS };

function power(act: 'off' | 'on', at_ms: number, given: Partial<PowerEvent> = {}): PowerEvent {
  const at_ns = at_ms * MS;
  return {
    ...{ host: 'node1', nodes: ['lb1'], act, by: '198.19.0.2', changed: true },
    ...{ asked_ns: at_ns - 5 * MS, before_ns: at_ns - 1, after_ns: at_ns, done_ns: at_ns + 50 * MS },
    ...given,
  };
}

const outcome = (at_ms: number, rc: number, ref = 'a', said = 'OK'): ClusterEvent => ({
  ...{ at_ns: at_ms * MS, kind: 'fencing', node: 'lb1', rc },
  desc: `Operation reboot of lb1 by lb2 for pacemaker-controld.125@lb2: ${said} (ref=${ref})`,
});

const decided = (at_ms: number) => ({ at_ns: at_ms * MS, by: 'lb2', target: 'lb1', action: 'reboot' });

const seen = (given: Partial<FencingSeen> = {}): FencingSeen => ({
  members: ['lb1', 'lb2'],
  events: [outcome(4700, 0)],
  decisions: [decided(3100)],
  power: [power('off', 4000), power('on', 4400)],
  ...given,
});

test('from the decision to the success, with the moment of the power between them', () => {
  const fencings = fencingsIn(seen(), STRETCH);
  expect(fencings).toEqual([
    { target: 'lb1', decided_ns: 3100 * MS, off_ns: 4000 * MS, done_ns: 4700 * MS, failed: 0 },
  ]);
  expect(fencingMetrics(fencings, seen(), STRETCH)).toEqual({
    fencing_ms: 1600,
    fenced: 1,
    fencing_failed: 0,
  });
});

test('attempts that failed are counted once, however many members were told, and the time counts from the first', () => {
  const silent = seen({
    events: [
      outcome(23_000, -62, 'a', 'Timed out'),
      outcome(23_001, -62, 'a', 'Timed out'),
      outcome(47_000, -62, 'b', 'Timed out'),
      outcome(50_000, 0, 'c'),
    ],
    decisions: [decided(3000), decided(25_000), decided(49_000)],
    power: [],
  });
  const stretch = { from_ns: 0, to_ns: 60_000 * MS };
  expect(fencingMetrics(fencingsIn(silent, stretch), silent, stretch)).toEqual({
    ...{ fencing_ms: 47_000, fenced: 0, fencing_failed: 2 },
  });
});

test('a power-off that went wrong half-way is none', () => {
  const broken = power('off', 4000, { before_ns: null, after_ns: null, done_ns: null });
  const failed = seen({ events: [outcome(19_000, -62, 'a', 'Timed out')], power: [broken] });
  expect(fencingMetrics(fencingsIn(failed, STRETCH), failed, STRETCH)).toEqual({
    fenced: 0,
    fencing_failed: 1,
  });
});

test('one that never succeeds has no time', () => {
  const never = seen({ events: [outcome(23_000, -62)], power: [] });
  const metrics = fencingMetrics(fencingsIn(never, STRETCH), never, STRETCH);
  expect(metrics).toEqual({ fenced: 0, fencing_failed: 0 });
  const later = { from_ns: 0, to_ns: 30_000 * MS };
  expect(fencingMetrics(fencingsIn(never, later), never, later)).toEqual({ fenced: 0, fencing_failed: 1 });
});

test('a member that is fenced again and again has a fencing for each time', () => {
  const loop = seen({
    events: [
      outcome(4700, 0, 'a'),
      outcome(4701, 0, 'a'),
      outcome(20_500, -62, 'b'),
      outcome(31_000, 0, 'c'),
    ],
    decisions: [decided(3100), decided(20_000)],
    power: [power('off', 4000), power('on', 4400), power('off', 30_500)],
  });
  const stretch = { from_ns: 0, to_ns: 60_000 * MS };
  const fencings = fencingsIn(loop, stretch);
  expect(fencings).toEqual([
    { target: 'lb1', decided_ns: 3100 * MS, off_ns: 4000 * MS, done_ns: 4700 * MS, failed: 0 },
    { target: 'lb1', decided_ns: 20_000 * MS, off_ns: 30_500 * MS, done_ns: 31_000 * MS, failed: 1 },
  ]);
  expect(fencingMetrics(fencings, loop, stretch)).toEqual({ fencing_ms: 1600, fenced: 2, fencing_failed: 1 });
});

test('what a member decided that was turned off itself is not the beginning of what another one did later', () => {
  const race = seen({
    events: [{ ...outcome(4700, 0, 'a'), node: 'lb2' }, outcome(30_000, 0, 'b')],
    // lb2 decides first, and waits; lb1 is faster.
    decisions: [decided(3000), { ...decided(3100), by: 'lb1', target: 'lb2' }, decided(28_500)],
    power: [power('off', 4000, { nodes: ['lb2'] }), power('off', 29_000)],
  });
  const stretch = { from_ns: 0, to_ns: 60_000 * MS };
  const fencings = fencingsIn(race, stretch);
  expect(fencings.map(({ target, decided_ns }) => [target, decided_ns! / MS])).toEqual([
    ['lb2', 3100],
    ['lb1', 28_500],
  ]);
  expect(fencingMetrics(fencings, race, stretch)).toMatchObject({ fencing_ms: 1600, fenced: 2 });
});

describe('what the harness does to a machine is not fencing', () => {
  const ours = [power('on', 9000, { by: 'harness' }), power('off', 3000, { changed: false })];

  test('nor is being turned off when it is off', () => {
    const none = seen({ events: [], decisions: [], power: ours });
    expect(fencingsIn(none, STRETCH)).toEqual([]);
    expect(fencingMoments(none)).toEqual([]);
    expect(fencingNotes(none, 0, STRETCH.to_ns)).toEqual([]);
  });
});

test('its moments, in words', () => {
  expect(fencingMoments(seen()).map(({ event, detail }) => `${event}: ${detail}`)).toEqual([
    'fencing: lb2 asks for lb1 to be fenced (reboot)',
    'power-off: the BMC of lb1 turns it off, as 198.19.0.2 asked',
    'power-on: the BMC of lb1 turns it on, as 198.19.0.2 asked',
    'fenced: lb1 counts as fenced',
  ]);
  const failed = seen({ events: [outcome(9000, -19, 'a', 'No fence device')], decisions: [], power: [] });
  expect(fencingMoments(failed).map(({ detail }) => detail)).toEqual([
    'lb1 could not be fenced: No fence device',
  ]);
});

test('a note says that it was fenced, and whether it came back', () => {
  expect(fencingNotes(seen(), 1000 * MS, STRETCH.to_ns)).toEqual([
    'lb1 was fenced (asked by 198.19.0.2): its power was off 3.00 s after the fault; it was turned on again 0.40 s later',
  ]);
  expect(fencingNotes(seen({ power: [power('off', 4000)] }), 0, STRETCH.to_ns)).toEqual([
    expect.stringMatching(/it was not turned on again by fencing$/),
  ]);
});

test('one that was fenced before anything was broken is a doubt', () => {
  expect(fencedTooSoon(seen(), 5000 * MS)).toEqual(['lb1 was fenced before the fault']);
  expect(fencedTooSoon(seen(), 3000 * MS)).toEqual([]);
});
