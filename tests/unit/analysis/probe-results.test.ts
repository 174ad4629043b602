import { describe, expect, test } from 'vitest';
import {
  longestOutage,
  lowerBounds,
  outageOfAlike,
  outageRecords,
  type ProbeResult,
  probeBounds,
  probeMetrics,
} from '../../../harness/analysis/probe-results.ts';
import type { Outage } from '../../../harness/outage/outage.ts';
import type { ProbeFindings, ProbeKind } from '../../../harness/probes/probe.ts';
import { probes } from '../../../harness/probes/registry.ts';
import { tcp } from '../../../harness/probes/tcp/tcp.ts';
import { udp } from '../../../harness/probes/udp/udp.ts';
import { FAULT_NS, MS, WINDOWS } from './takeovers.ts';

const at = (ms: number) => FAULT_NS + ms * MS;
const outage = (from_ms: number, outage_ms: number): Outage => ({
  start_ns: at(from_ms),
  end_ns: at(from_ms + outage_ms),
  outage_ms,
  outage_error_ms: 2,
  loss_derived_ms: outage_ms + 1,
  lost: 7,
  open: false,
});
const result = (name: string, change: Partial<ProbeFindings>, kind: ProbeKind = udp): ProbeResult => ({
  probe: { name, kind: 'udp', options: { period: 100 } },
  kind,
  findings: { metrics: {}, outages: [], open: [], doubts: [], ...change },
});

describe('probeMetrics', () => {
  test('carry the probe’s name', () => {
    const results = [result('a', { metrics: { lost: 1 } }), result('b', { metrics: { lost: 2 } })];
    expect(probeMetrics(results, undefined)).toEqual({ 'a.lost': 1, 'b.lost': 2 });
  });

  test('a recovery counts from the first answer of the new master, where both were seen', () => {
    const resumed = [result('tcp', { resumed_ns: at(900) })];
    expect(probeMetrics(resumed, at(345))).toEqual({ 'tcp.recovery_ms': 555 });
    expect(probeMetrics(resumed, undefined)).toEqual({});
    expect(probeMetrics([result('tcp', {})], at(345))).toEqual({});
    // The sessions may go on before the probe's own first answer.
    expect(probeMetrics(resumed, at(901))).toEqual({ 'tcp.recovery_ms': 0 });
  });

  test('of the return of the node the worst probe speaks', () => {
    const results = [0, 30, 20].map((ms, i) => result(`p${i}`, { rejoin_outage_ms: ms }));
    expect(probeMetrics(results, undefined)).toEqual({ 'rejoin.outage_ms': 30 });
  });
});

test('probeBounds are asked of every kind that knows some', () => {
  const bound = { low: 1, high: 2, from: 'here' };
  const kind: ProbeKind = {
    ...udp,
    bounds: (_options, { outage_ms }) => (outage_ms ? { gap_ms: bound, wait_ms: 'a reason' } : {}),
  };
  const { bounds: _, ...silent } = udp;
  const results = [result('a', {}, kind), result('b', {}, silent)];
  expect(probeBounds(results, () => ({ takeover: undefined, outage_ms: 5 }))).toEqual({
    bounds: { 'a.gap_ms': bound },
    missing_bounds: { 'a.wait_ms': 'a reason' },
  });
  expect(probeBounds(results, () => ({ takeover: undefined, outage_ms: undefined }))).toEqual({
    bounds: {},
    missing_bounds: {},
  });
});

test('outageRecords are those of all probes in order of time, never merged', () => {
  const results = [
    result('a', { outages: [outage(2, 300), outage(5100, 20)] }),
    result('b', { outages: [outage(3, 290)] }),
  ];
  expect(outageRecords(results, FAULT_NS)).toEqual(
    [
      ['a', 2, 300],
      ['b', 3, 290],
      ['a', 5100, 20],
    ].map(([probe, start_ms, outage_ms]) => ({
      probe,
      start_ms,
      outage_ms,
      outage_error_ms: 2,
      loss_derived_ms: Number(outage_ms) + 1,
      lost: 7,
      open: false,
    })),
  );
});

describe('outageOfAlike: how long the way of sessions was cut', () => {
  const results = [
    result('near', { outages: [outage(2, 300)] }),
    result('far', { outages: [outage(2, 12_600)] }),
    result('tcp', {}, tcp),
  ];
  const named =
    (...names: string[]) =>
    ({ probe }: ProbeResult) =>
      names.includes(probe.name);

  test('an outage of probes with other causes says nothing of it', () => {
    expect(outageOfAlike(results, named('near', 'tcp'), WINDOWS)).toEqual({ outage_ms: 300 });
    expect(outageOfAlike(results, named('near', 'far', 'tcp'), WINDOWS)).toEqual({ outage_ms: 12_600 });
  });

  test('nobody saw it: there is no bound, and the reason has a name where there is a cause', () => {
    const unseen = outageOfAlike(results, named('tcp'), WINDOWS);
    expect(unseen).toEqual({ outage_ms: undefined, outage_unseen: true });
    const takeover = { low: 1, high: 2, from: 'here' };
    expect(probeBounds([results[2]!], () => ({ takeover, ...unseen })).missing_bounds).toEqual({
      'tcp.stall_ms': 'no other probe saw for how long the way of the sessions was cut',
    });
    expect(probeBounds([results[2]!], () => ({ takeover: undefined, ...unseen })).missing_bounds).toEqual({});
  });

  test('where the fault cuts some flows alone, the outage of others is not that of the sessions', () => {
    const disturbance = { low: 0, high: 900, from: 'here' };
    const { bounds, missing_bounds } = probeBounds([results[2]!], () => ({
      ...{ takeover: undefined, disturbance, outage_ms: 300 },
    }));
    expect(bounds).toEqual({});
    expect(missing_bounds['tcp.stall_ms']).toMatch(/cut some flows and left others alone/);
  });
});

describe('longestOutage', () => {
  test('is the longest of any probe between fault and healing', () => {
    const results = [
      result('a', { outages: [outage(2, 300), outage(5100, 900)] }),
      result('b', { outages: [outage(-30, 310)] }),
    ];
    expect(longestOutage(results, WINDOWS)?.outage_ms).toBe(310);
  });

  test('is none where there was none', () => {
    expect(longestOutage([result('a', { outages: [outage(5100, 900)] })], WINDOWS)).toBeUndefined();
    expect(longestOutage([], WINDOWS)).toBeUndefined();
  });
});

describe('lowerBounds', () => {
  const metrics = { 'a.outage_ms': 1, 'a.wire_outage_ms': 1, 'b.gap_ms': 1, 'c.outage_ms': 1, 'a.lost': 1 };

  test('are the lengths of outages that were open at the end', () => {
    const open = { ...outage(5, 900), open: true };
    const results = [
      result('a', { outages: [outage(0, 2), open] }),
      result('b', { outages: [open] }, probes.need('dhcp')),
      result('c', { outages: [outage(5, 900)] }),
    ];
    expect(lowerBounds(results, metrics, WINDOWS)).toEqual({
      lower_bounds: ['a.outage_ms', 'a.wire_outage_ms', 'b.gap_ms'],
    });
  });

  test('are the lengths of outages of which healing may have been the end, within their error', () => {
    const close = { ...outage(5, 900), end_ns: WINDOWS.heal_ns - 1e6 };
    const results = (outage_error_ms: number) => [result('a', { outages: [{ ...close, outage_error_ms }] })];
    expect(lowerBounds(results(2), metrics, WINDOWS)).toEqual({
      lower_bounds: ['a.outage_ms', 'a.wire_outage_ms'],
    });
    expect(lowerBounds(results(0.5), metrics, WINDOWS)).toEqual({});
  });

  test('are of the traffic that was cut off alone, where a probe has several kinds', () => {
    const open = { ...outage(5, 900), open: true };
    const findings = {
      outages: [open],
      outages_of: { established_outage_ms: [], new_outage_ms: [open] },
    };
    const flows = [result('n', findings, probes.need('new-flows'))];
    const values = { 'n.established_outage_ms': 0, 'n.new_outage_ms': 900 };
    expect(lowerBounds(flows, values, WINDOWS)).toEqual({ lower_bounds: ['n.new_outage_ms'] });
  });

  test('are none of an outage that began with the healing, or where all ended', () => {
    const late = { ...outage(0, 900), start_ns: WINDOWS.heal_ns, end_ns: WINDOWS.end_ns, open: true };
    expect(lowerBounds([result('a', { outages: [late] })], metrics, WINDOWS)).toEqual({});
    expect(lowerBounds([result('a', { outages: [outage(5, 9)] })], metrics, WINDOWS)).toEqual({});
  });
});
