import { expect, test } from 'vitest';
import { leastLengths } from '../../../harness/analysis/least-lengths.ts';
import type { ProbeResult } from '../../../harness/analysis/probe-results.ts';
import { newFlows } from '../../../harness/probes/udp/new-flows.ts';
import { udp } from '../../../harness/probes/udp/udp.ts';

const result = (
  name: string,
  kind: ProbeResult['kind'],
  shorter_ms?: Record<string, number>,
): ProbeResult => ({
  probe: { name, kind: kind.kind, options: {} },
  kind,
  findings: { metrics: {}, outages: [], open: [], doubts: [], ...(shorter_ms ? { shorter_ms } : {}) },
});

test('each length of the probe, also after later faults and after healing, and none of another', () => {
  const results = [
    result('flows', newFlows, { new_outage_ms: 2000 }),
    result('udp', udp, { outage_ms: 500 }),
    result('web', udp),
  ];
  const metrics = {
    'flows.new_outage_ms': 10_000,
    'flows.established_outage_ms': 0,
    'flows.new_lost': 700,
    'udp.outage_ms': 0,
    'fault2.udp.outage_ms': 300,
    'web.outage_ms': 4000,
    'rejoin.outage_ms': 5000,
  };
  expect(leastLengths(results, metrics)).toEqual({
    least: { 'flows.new_outage_ms': 8000, 'fault2.udp.outage_ms': 0, 'rejoin.outage_ms': 3000 },
  });
});

test('nothing where nothing was answered in an outage', () => {
  expect(leastLengths([result('udp', udp)], { 'udp.outage_ms': 10 })).toEqual({});
});
