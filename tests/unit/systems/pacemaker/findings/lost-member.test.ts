import { expect, test } from 'vitest';
import type { Span } from '../../../../../harness/systems/pacemaker/findings/cluster-events.ts';
import { causeOf, clusterEvents } from '../../../../../harness/systems/pacemaker/findings/cluster-events.ts';
import type { Fencing } from '../../../../../harness/systems/pacemaker/findings/fencing-rounds.ts';
import { lostMember } from '../../../../../harness/systems/pacemaker/findings/lost-member.ts';
import { EPOCH_NS, failed, member } from './cluster-trial.ts';

/** Each says that the other one is lost; lb1, which has the address, is faster. */
const MUTUAL = clusterEvents([member(2000, 'lost', 'lb2'), member(2010, 'lost', 'lb1')], EPOCH_NS);
const NOTHING = { fencings: [], starts: undefined };
const fencing = (target: string, off_ns?: number): Fencing => ({
  ...{ target, decided_ns: 1, failed: 0 },
  ...(off_ns === undefined ? {} : { off_ns, done_ns: off_ns + 1 }),
});
const starts = (node: string): Span => ({
  ...{ first_ns: 1, last_ns: 2 },
  events: [{ at_ns: 2, kind: 'resource', node, task: 'start', rc: 0 }],
});
const lost = (done: Partial<typeof NOTHING> | object, events = MUTUAL) =>
  lostMember(causeOf(events), events, { ...NOTHING, ...done }, ['lb1'])?.event.node;

test('of two that lost each other the one is lost that was turned off, whoever said so first', () => {
  expect(lost({ fencings: [fencing('lb1', 5)] })).toBe('lb1');
  expect(lost({ fencings: [fencing('lb2', 5)] })).toBe('lb2');
  expect(lost({ fencings: [fencing('lb2'), fencing('lb1', 5)] })).toBe('lb1');
});

test('where both were, the one that was turned off first', () => {
  expect(lost({ fencings: [fencing('lb2', 9), fencing('lb1', 5)] })).toBe('lb1');
});

test('without fencing, the one with the address beside which another one starts', () => {
  expect(lost({ starts: starts('lb2') })).toBe('lb1');
  expect(lost({ starts: starts('lb1') })).toBe('lb2');
});

test('where nothing was done it is the first that was told, and a monitor that fails is what it is', () => {
  expect(lost({})).toBe('lb2');
  const events = clusterEvents([failed(400), member(2000, 'lost', 'lb2')], EPOCH_NS);
  const cause = causeOf(events);
  expect(lostMember(cause, events, { fencings: [fencing('lb2', 5)], starts: undefined }, ['lb1'])).toBe(
    cause,
  );
});
