import { expect, test } from 'vitest';
import type { FaultFacts } from '../../../../../harness/journal/trial-facts.ts';
import { parseCib } from '../../../../../harness/systems/pacemaker/config/cib.ts';
import type { ClusterCause } from '../../../../../harness/systems/pacemaker/findings/cluster-events.ts';
import { cutOffOf } from '../../../../../harness/systems/pacemaker/findings/cut-off.ts';

const cibWith = (nic: string) =>
  parseCib(
    `<cib><configuration><crm_config/><nodes/><resources>
      <primitive id="vip" class="ocf" provider="heartbeat" type="IPaddr2"><instance_attributes id="p">
        <nvpair id="i" name="ip" value="198.18.1.100"/>${nic}</instance_attributes></primitive>
    </resources><constraints/></configuration><status/></cib>`,
    'cib.xml',
  );
const FRONT = cibWith('<nvpair id="n" name="nic" value="front"/>');
const AFTER_POWER = { low: 1500, high: 2500, from: 'from the power being taken' };
const LOST: ClusterCause = {
  kind: 'node-lost',
  event: { at_ns: 2, kind: 'node', node: 'lb1', desc: 'lost' },
};
const FENCED = [{ target: 'lb1', off_ns: 3, done_ns: 4, failed: 0 }];
const cuts = (...interfaces: string[]) => ({
  cuts: interfaces.map((name) => ({ node: 'lb1', interface: name })),
});
const ofFault = (fault: Partial<FaultFacts>, { cib = FRONT, fencings = FENCED } = {}) =>
  cutOffOf(
    LOST,
    { label: 'a fault', before_ns: 0, after_ns: 1, stops_forwarding: false, ...fault },
    { cib, bounds: { after_power: AFTER_POWER, missing: {} }, fencings },
  );

test('a process of the cluster, or the ring: the member serves until it loses its power', () => {
  const from_power = { cuts_off: true, cut_off: AFTER_POWER };
  const loss = { node: 'lb1', kind: 'process', name: 'corosync', how: 'kill' } as const;
  expect(ofFault({ loss })).toEqual(from_power);
  expect(ofFault(cuts('ring'))).toEqual(from_power);
});

test('the power, or the wire of the address: from the fault on', () => {
  expect(ofFault({ stops_forwarding: true })).toEqual({ cuts_off: true });
  expect(ofFault(cuts('back', 'front', 'ring'))).toEqual({ cuts_off: true });
  expect(ofFault(cuts('back', 'front', 'ring'), { fencings: [] })).toEqual({ cuts_off: true });
});

test('whoever is not fenced and not cut off serves on', () => {
  expect(ofFault(cuts('ring'), { fencings: [] })).toEqual({ cuts_off: false });
});

test('where neither is known, there is no bound, and a reason', () => {
  const why = { cuts_off: true, cut_off: expect.stringContaining('from lb1 is not followed') };
  expect(ofFault({ departure: 'abrupt' })).toEqual(why);
  expect(ofFault(cuts('ring'), { cib: cibWith('') })).toEqual(why);
});
