import { describe, expect, test } from 'vitest';
import type { FaultFacts } from '../../../../../harness/journal/trial-facts.ts';
import type { ClusterCause } from '../../../../../harness/systems/pacemaker/findings/cluster-events.ts';
import { ringSilence } from '../../../../../harness/systems/pacemaker/findings/ring-silence.ts';
import { FAULT, R1_MACS, WINDOWS } from '../../../analysis/takeovers.ts';
import { at, FACTS } from './cluster-case.ts';
import { event } from './cluster-trial.ts';

const CONF = 'totem {\n  version: 2\n  token: 1000\n}\n';
const CLUSTER = { ...FACTS, members: FACTS.members.map((one) => ({ ...one, corosync_conf: CONF })) };
/** lb1 is counted as lost 2.2 s after the fault. */
const LOST: ClusterCause = {
  kind: 'node-lost',
  event: event({ at_ns: at(2200), kind: 'node', desc: 'lost' }),
};

/** @param spoke when lb1 was heard, in ms after the fault. */
function found(spoke: number[], cause?: ClusterCause, change: Partial<FaultFacts> = {}) {
  const fault = { ...FAULT, victims: ['lb1'], ...change };
  const heard = (macs: readonly string[]) => (macs === R1_MACS ? spoke.map(at) : []);
  return ringSilence(CLUSTER, { fault, number: 1, windows: WINDOWS, next_ns: WINDOWS.end_ns }, cause, heard);
}
const silent = (ms: number) => [
  { at_ns: at(ms), event: 'silent', detail: 'lb1 is last heard by its cluster (knet)' },
];
const NOTHING = { moments: [], doubts: [], notes: [] };

test('a member that the cluster lost was last heard before that', () => {
  expect(found([-300, -40, 6000], LOST)).toEqual({ ...NOTHING, moments: silent(-40) });
});

test('where its ring was not captured nothing is said, nor of one that nobody lost', () => {
  expect(found([], LOST)).toEqual(NOTHING);
  const asked: ClusterCause = { ...LOST, kind: 'asked' };
  expect(found([-40], asked)).toEqual(NOTHING);
  expect(found([-40], undefined, { departure: 'graceful' })).toEqual(NOTHING);
});

describe('what contradicts the loss is a doubt', () => {
  test('a node that was taken, and went on', () => {
    expect(found([-40, 900], LOST).doubts).toEqual([
      'lb1 was taken, and was still heard by its cluster 900 ms after the fault (knet)',
    ]);
    expect(found([-40, 150], LOST).doubts).toEqual([]);
  });

  test('a node that had been silent for longer than the token waits', () => {
    expect(found([-1100], LOST).doubts).toEqual([
      'lb1 was not heard by its cluster for 1100 ms before the fault (knet)',
    ]);
    expect(found([-900], LOST).doubts).toEqual([]);
  });

  test('but not of a node that goes on by itself, as with a killed corosync', () => {
    expect(found([-40, 900], LOST, { stops_forwarding: false }).doubts).toEqual([]);
  });
});

test('where no alert tells of the loss, the wire does', () => {
  expect(found([-40])).toEqual({
    moments: silent(-40),
    doubts: [],
    notes: ['no alert tells that lb1 was lost: it was last heard 40 ms before the fault (knet)'],
  });
});
