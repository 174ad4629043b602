import { describe, expect, test } from 'vitest';
import { heldBack, heldBackNote } from '../../../harness/outage/held-back.ts';
import { type RequestRecord, tableOf } from '../../../harness/outage/request-table.ts';

const MS = 1_000_000;
const WINDOWS = { fault_ns: 1000 * MS, heal_ns: 6000 * MS };

/** A path that hangs from 2 s to 4 s and holds the first so many datagrams that come in it; 1 ms is usual. */
function hang(interval_ms: number, holds: number) {
  const from_ms = 2000;
  const until_ms = 4000;
  let held = 0;
  const records = Array.from({ length: 7000 / interval_ms }, (_, seq): RequestRecord => {
    const sent_ms = seq * interval_ms + 0.5;
    const during = sent_ms >= from_ms && sent_ms < until_ms;
    const arrives = !during || held++ < holds;
    const at_ns = arrives ? (during ? until_ms + 1 : sent_ms + 1) * MS : null;
    return { seq, sent_ns: sent_ms * MS, echoed_ns: at_ns, received_ns: at_ns };
  });
  return heldBack(tableOf(records), interval_ms, WINDOWS);
}

describe('a path that hangs for 2 s', () => {
  test.each([
    ['100/s, all of them held', 10, 1000, 199, 0],
    ['500/s, 256 of them held', 2, 256, 256, 744],
    ['200/s, none of them held', 5, 0, 0, 400],
  ])(
    '%s: the outage by send time is the hang; late and lost are what was sent in it',
    (_, interval, holds, delayed, dropped) => {
      const found = hang(interval, holds);
      expect(found).toMatchObject({ delayed, dropped });
      expect(Math.abs(found.outage_ms - 2000)).toBeLessThanOrEqual(found.outage_error_ms);
      expect(found.outage_error_ms).toBeLessThan(50);
      // The first that was held waited for the whole of it.
      const waited_ms = delayed > 0 ? 2000 : 0;
      expect(Math.abs(found.longest_delay_ms - waited_ms)).toBeLessThanOrEqual(1);
    },
  );

  test('is told with what became of what was sent in it', () => {
    expect(heldBackNote('vm', hang(2, 256), 'datagrams')[0]).toMatch(
      /^vm: held back, not only lost: by send time the outage is (1\.99|2\.00)\d s ± \d+ ms; of the 1000 datagrams sent in it 256 arrived later, after up to 2\.00\d s, and 744 never$/,
    );
    expect(heldBackNote('vm', hang(5, 0), 'datagrams')).toEqual([]);
  });
});
