import { describe, expect, test } from 'vitest';
import { faultOfLongest, laterFindings } from '../../../harness/analysis/per-fault.ts';
import type { ProbeResult } from '../../../harness/analysis/probe-results.ts';
import { faultSpans } from '../../../harness/evidence/fault-spans.ts';
import type { AddressEvent, FaultFacts, TrialFacts } from '../../../harness/journal/trial-facts.ts';
import { udp } from '../../../harness/probes/udp/udp.ts';
import { type Advert, advertFrame } from '../observe/builder.ts';
import { frameOf } from '../observe/frames.ts';
import { findingsOf } from './fault-case.ts';
import { FAULT, FAULT_NS, MS, R1_MACS, R2_MACS, ROUTER, WINDOWS } from './takeovers.ts';

const at = (ms: number) => FAULT_NS + ms * MS;
const SECOND: FaultFacts = {
  ...FAULT,
  label: 'crash of r2',
  before_ns: at(2000) - 1,
  after_ns: at(2000),
  owners: { router: 'r2' },
};
const R1: Advert = { source: '198.18.0.11', mac: R1_MACS[0]!, advert_int_ms: 100, priority: 50 };
const R2: Advert = { source: '198.18.0.12', mac: R2_MACS[0]!, advert_int_ms: 100, priority: 50 };
const FRAMES = [
  frameOf(advertFrame(R1), at(-40)),
  frameOf(advertFrame(R2), at(340)),
  frameOf(advertFrame(R2), at(1960)),
  frameOf(advertFrame(R1), at(2340)),
];
const event = (ms: number, node: string, change: AddressEvent['change']): AddressEvent => ({
  at_ns: at(ms),
  node,
  change,
  address: ROUTER.vip,
});
const FACTS = {
  epoch_ns: '0',
  routers: [ROUTER],
  fault: FAULT,
  later_faults: [SECOND],
  conntrack_fillings: [],
  address_events: [
    event(1, 'r1', 'removed'),
    event(341, 'r2', 'added'),
    event(2001, 'r2', 'removed'),
    event(2341, 'r1', 'added'),
  ],
} as unknown as TrialFacts;
const outage = (start_ms: number, outage_ms: number) => ({
  start_ns: at(start_ms),
  end_ns: at(start_ms + outage_ms),
  outage_ms,
  outage_error_ms: 1,
  loss_derived_ms: outage_ms,
  lost: 10,
  open: false,
});
const PROBE = {
  probe: { name: 'udp', kind: 'udp', options: {} },
  kind: udp,
  findings: {
    metrics: { outage_ms: 345 },
    outages: [outage(2, 345), outage(2002, 300)],
    open: [],
    doubts: [],
  },
} as unknown as ProbeResult;

describe('several faults', () => {
  test('each lasts until the next one, or until it was healed', () => {
    const spans = faultSpans(FACTS, WINDOWS);
    expect(spans.map(({ windows }) => [windows.fault_ns, windows.heal_ns])).toEqual([
      [FAULT_NS, at(2000) - 1],
      [at(2000), WINDOWS.heal_ns],
    ]);
    const mended = { ...FACTS, fault: { ...FAULT, mended: { from_ns: at(900), until_ns: at(950) } } };
    expect(faultSpans(mended, WINDOWS)[0]!.windows.heal_ns).toBe(at(900));
  });

  test('the second has its own owner, takeover, outage and bound', () => {
    const faults = findingsOf(FACTS, FRAMES);
    const { metrics, bounds } = laterFindings(faults, [PROBE]);
    expect(metrics).toMatchObject({
      'fault2.vip.detection_ms': 380,
      'fault2.vip.address_ms': 341,
      'fault2.vip.fault_phase_ms': 40,
      'fault2.vip.owners_max': 1,
      'fault2.udp.outage_ms': 300,
    });
    expect(bounds['fault2.vip.address_ms']!.high).toBeCloseTo(380.47, 1);
    expect(bounds['fault2.udp.outage_ms']).toEqual(bounds['fault2.vip.takeover_ms']);
  });

  test('an outage that the first one made and that is open when the second comes counts from then on', () => {
    const faults = findingsOf(FACTS, FRAMES);
    const findings = { ...PROBE.findings, outages: [outage(2, 2500)] };
    const { metrics } = laterFindings(faults, [{ ...PROBE, findings }]);
    expect(metrics['fault2.udp.outage_ms']).toBe(502);
  });

  test('an outage of the third is not of the second, though requests under way were lost before it', () => {
    const third = { ...SECOND, label: 'crash of r1', before_ns: at(2700) - 1, after_ns: at(2700) };
    const faults = findingsOf({ ...FACTS, later_faults: [SECOND, third] }, FRAMES);
    const findings = { ...PROBE.findings, outages: [outage(2002, 300), outage(2698, 500)] };
    const { metrics } = laterFindings(faults, [{ ...PROBE, findings }]);
    expect(metrics).toMatchObject({ 'fault2.udp.outage_ms': 300, 'fault3.udp.outage_ms': 500 });
  });

  test.for([false, true])(
    'the longest outage has the bound of the fault that it began with, on one link (%s) too',
    (on_link) => {
      const faults = findingsOf(FACTS, FRAMES);
      const longestAt = (start_ms: number) => {
        const findings = { ...PROBE.findings, outages: [outage(2, 345), outage(start_ms, 400)] };
        const result = { ...PROBE, kind: { ...udp, on_link }, findings };
        return faultOfLongest(faults, result as ProbeResult, WINDOWS);
      };
      expect(longestAt(2002)).toMatchObject({ span: { number: 2 } });
      expect(longestAt(1000)).toMatchObject({ span: { number: 1 } });
    },
  );
});
