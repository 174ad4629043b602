import { expect, test } from 'vitest';
import { newFlows } from '../../../../harness/probes/udp/new-flows.ts';

const MS = 1_000_000;
const WINDOWS = { fault_ns: 2000 * MS, heal_ns: 7000 * MS, healed_ns: 7500 * MS, end_ns: 9900 * MS };
const OPTIONS = newFlows.options.parse({ kind: 'new-flows', from: 'a', to: 'b', address: '203.0.113.1' });

/** A datagram every 10 ms from 0 s to 10 s, lost from one moment to another. */
function csv(from_ms: number, to_ms: number): Uint8Array {
  const lines = Array.from({ length: 1000 }, (_, seq) => {
    const sent_ns = 10 * seq * MS;
    const lost = 10 * seq >= from_ms && 10 * seq < to_ms;
    return lost ? `${seq},${sent_ns},,` : `${seq},${sent_ns},${sent_ns + MS / 2},${sent_ns + MS}`;
  });
  return new TextEncoder().encode(`seq,sent_ns,echoed_ns,received_ns\n${lines.join('\n')}\n`);
}

const analyse = (established: Uint8Array, fresh: Uint8Array) =>
  newFlows.analyse('nf', OPTIONS, { 'nf-established.csv': established, 'nf-new.csv': fresh }, WINDOWS);

test('established and new flows are measured apart', () => {
  const found = analyse(csv(3000, 3100), csv(3000, 5000));
  expect(found.metrics).toMatchObject({ established_lost: 10, new_lost: 200, new_sent: 1000, new_late: 0 });
  // Of the 500 of each kind between fault and healing.
  expect(found.metrics).toMatchObject({ established_loss_ratio: 0.02, new_loss_ratio: 0.4 });
  for (const [flow, length_ms] of [['established', 100] as const, ['new', 2000] as const])
    expect(Math.abs(found.metrics[`${flow}_outage_ms`]! - length_ms)).toBeLessThanOrEqual(
      found.metrics[`${flow}_outage_error_ms`]!,
    );
  expect(found.outages).toHaveLength(2);
  expect(found).toMatchObject({ open: [], doubts: [] });
});

test('a share that is lost now and then has no outage that tells it', () => {
  const every = Buffer.from(csv(0, 0)).toString().split('\n');
  const third = every.map((line, at) =>
    at > 0 && at % 3 === 0 ? line.replace(/,[^,]+,[^,]+$/, ',,') : line,
  );
  const { metrics } = analyse(csv(0, 0), new TextEncoder().encode(third.join('\n')));
  expect(metrics.new_loss_ratio).toBeCloseTo(1 / 3, 2);
  expect(metrics.established_loss_ratio).toBe(0);
  expect(metrics.new_outage_ms).toBeLessThan(50);
});

/** Lost from 3 s to 6 s but for those that are let through. */
function through(isLet: (seq: number) => boolean): Uint8Array {
  const lines = Buffer.from(csv(3000, 6000)).toString().split('\n');
  const good = Buffer.from(csv(0, 0)).toString().split('\n');
  return new TextEncoder().encode(lines.map((line, at) => (isLet(at - 1) ? good[at] : line)).join('\n'));
}

test('partial loss is told of the flows that have it', () => {
  const found = analyse(
    csv(0, 0),
    through((seq) => seq % 2 === 0),
  );
  expect(found.partial_loss).toMatchObject([{ measure: 'new_outage_ms' }]);
  expect(found.partial_loss![0]!.loss_ratio).toBeCloseTo(0.5, 1);
  expect(found.notes).toEqual([expect.stringMatching(/^nf: new flows: degraded: 50\.\d % lost/)]);
});

test('an outage in which some are answered has a least length, and its doubts take nothing along', () => {
  // Ten in a hundred, two after each other: never three, which would end it.
  const found = analyse(
    csv(0, 0),
    through((seq) => seq % 20 < 2),
  );
  expect(found.metrics.new_outage_ms).toBeGreaterThan(2900);
  expect(found.metrics.new_loss_ratio).toBeCloseTo(0.54, 2);
  expect(found.doubts).toEqual([]);
  expect(found.shorter_ms!.new_outage_ms).toBeGreaterThan(250);
  expect(found.shorter_ms!.new_outage_ms).toBeLessThan(350);
  expect(found.notes).toEqual([
    expect.stringMatching(
      /^nf: new flows: in the outage of 2\.9\d s \d+ % were answered: by loss it is 2\.\d+ s$/,
    ),
  ]);
});

test('new flows that never come back are open', () => {
  expect(analyse(csv(0, 0), csv(3000, 99_000)).open).toEqual([
    'nf: new flows: the outage was still open at the end of the trial',
  ]);
});

test('a takeover bounds both', () => {
  const takeover = { low: 1, high: 2, from: 'VRRP' };
  expect(newFlows.bounds!(OPTIONS, { takeover, outage_ms: 5 }, {})).toEqual({
    established_outage_ms: takeover,
    new_outage_ms: takeover,
  });
});
