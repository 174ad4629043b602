import { describe, expect, test } from 'vitest';
import { InputError } from '../../../../harness/ground/errors.ts';
import { frames } from '../../../../harness/probes/frames/frames.ts';
import { frameRecords } from '../../../../harness/probes/frames/frames-records.ts';

const MS = 1_000_000;
const WINDOWS = { fault_ns: 2000 * MS, heal_ns: 7000 * MS, healed_ns: 7500 * MS, end_ns: 9900 * MS };
const SAID = { kind: 'frames', from: 'vm1', to: 'vm2' };
/** A frame every 10 ms from 0 s to 10 s. */
const SENT = Array.from({ length: 1000 }, (_, seq) => seq);

/** When a frame arrives, in ms after it was sent: none when it is lost, several when it is doubled. */
type Fate = (sent_ms: number, seq: number) => number[];

const bytes = (lines: string[]) => new TextEncoder().encode(`${lines.join('\n')}\n`);

function records(
  fate: Fate,
  { leaked = [] as number[], returned = [] as number[], dropped = 0, running = true } = {},
) {
  const came = SENT.flatMap((seq) => fate(10 * seq, seq).map((ms) => ({ seq, at_ms: 10 * seq + ms })));
  came.sort((a, b) => a.at_ms - b.at_ms);
  const at = (interface_: string, node: string, program: string) => ({
    node,
    interface: interface_,
    program,
  });
  return frameRecords(
    'seg',
    bytes([
      'seq,sent_ns',
      ...SENT.map((seq) => `${seq},${10 * seq * MS}`),
      ...returned.map((seq) => `${seq},${10 * seq * MS + MS}`),
    ]),
    [
      {
        listener: at('eth1', 'vm2', 'seg-receiver'),
        csv: bytes(['seq,echoed_ns', ...came.map(({ seq, at_ms }) => `${seq},${at_ms * MS}`)]),
        dropped,
        running: true,
      },
      {
        listener: at('eth1', 'vm4', 'seg-intruder-vm4-eth1'),
        csv: bytes(['seq,echoed_ns', ...leaked.map((seq) => `${seq},${(10 * seq + 1) * MS}`)]),
        dropped: 0,
        running,
      },
    ],
  );
}

const analyse = (files: ReturnType<typeof records>, more: object = {}) =>
  frames.analyse('seg', frames.options.parse({ ...SAID, intruders: ['vm4'], ...more }), files, WINDOWS);
const between = (sent_ms: number, from: number, to: number) => sent_ms >= from && sent_ms < to;

describe('what the records of frames say', () => {
  test('of an undisturbed segment', () => {
    const found = analyse(records(() => [1]));
    expect(found.metrics).toMatchObject({
      ...{ outage_ms: 0, outages: 0, lost: 0, sent: 1000, late: 0, duplicated: 0, reordered: 0 },
      ...{ returned: 0, leaked: 0, send_outage_ms: 0, send_outage_late: 0, send_outage_lost: 0 },
    });
    expect(found).toMatchObject({ notes: [], open: [], doubts: [] });
    expect('new_outage_ms' in found.metrics).toBe(false);
  });

  test('of an outage: its length by timestamps, and what was lost', () => {
    const found = analyse(records((ms) => (between(ms, 3000, 4000) ? [] : [1])));
    expect(found.metrics).toMatchObject({ lost: 100, outages: 1, send_outage_lost: 100 });
    expect(Math.abs(found.metrics.outage_ms! - 1000)).toBeLessThanOrEqual(found.metrics.outage_error_ms!);
    expect(found.doubts).toEqual([]);
  });

  test('of frames that a hang holds back: late, by send time as long as the hang', () => {
    const found = analyse(records((ms) => (between(ms, 3000, 5000) ? [5000 - ms + 1] : [1])));
    expect(found.metrics).toMatchObject({ late: 191, lost: 191, send_outage_late: 199, send_outage_lost: 0 });
    expect(Math.abs(found.metrics.send_outage_ms! - 2000)).toBeLessThan(50);
    expect(found.notes!.join()).toContain('held back, not only lost');
    expect(found.doubts).toEqual([]);
  });

  test('of a loop: the same number twice, and back at its sender', () => {
    const found = analyse(
      records((ms) => (between(ms, 3000, 3100) ? [1, 2] : [1]), { returned: [300, 301] }),
    );
    expect(found.metrics).toMatchObject({ duplicated: 10, returned: 2, lost: 0, sent: 1000 });
    expect(found.notes!.join()).toContain('loop');
  });

  test('of order', () => {
    const found = analyse(records((_, seq) => (seq === 500 ? [15] : [1])));
    expect(found.metrics).toMatchObject({ reordered: 1, duplicated: 0, lost: 0 });
  });

  test('of an intruder that received some', () => {
    const found = analyse(records(() => [1], { leaked: [250, 251, 252] }));
    expect(found.metrics).toMatchObject({ leaked: 3 });
    expect(found.notes).toEqual([
      'seg: vm4 received 3 frames at eth1 that were not for its segment, the first 501 ms after the fault',
    ]);
  });

  test('of new MAC addresses that are cut off while the known one is not', () => {
    const found = analyse(
      records((ms, seq) => (seq % 10 === 0 && between(ms, 3000, 5000) ? [] : [1])),
      { new_mac_every: 10 },
    );
    expect(found.metrics).toMatchObject({ outage_ms: 0, new_lost: 20, new_sent: 99, lost: 20 });
    expect(Math.abs(found.metrics.new_outage_ms! - 2000)).toBeLessThanOrEqual(
      found.metrics.new_outage_error_ms!,
    );
    expect(found.metrics.new_outage_error_ms).toBeLessThanOrEqual(100);
  });

  test('of all of them cut off, known and new', () => {
    const found = analyse(
      records((ms) => (between(ms, 3000, 5000) ? [] : [1])),
      { new_mac_every: 10 },
    );
    for (const which of ['', 'new_'])
      expect(Math.abs(found.metrics[`${which}outage_ms`]! - 2000)).toBeLessThanOrEqual(
        found.metrics[`${which}outage_error_ms`]!,
      );
    expect(found.doubts).toEqual([]);
  });

  test('of new MAC addresses that never come back: it is open, whatever the known one does', () => {
    const found = analyse(
      records((ms, seq) => (seq % 10 === 0 && ms >= 3000 ? [] : [1])),
      { new_mac_every: 10 },
    );
    expect(found.open).toEqual(['seg: new MAC addresses: the outage was still open at the end of the trial']);
  });

  test('frames that the kernel could not hand over are a doubt', () => {
    expect(analyse(records(() => [1], { dropped: 3 })).doubts).toEqual([
      'seg: the kernel could not hand 3 frames to the probe at vm2',
    ]);
  });

  test('an intruder that could hear nothing is a doubt', () => {
    expect(analyse(records(() => [1], { running: false })).doubts).toEqual([
      'seg: eth1 of vm4 had no carrier at the end: that nothing leaked to it says nothing',
    ]);
  });

  test('a missing record is an error', () => {
    expect(() => analyse({} as ReturnType<typeof records>)).toThrow(InputError);
  });
});
