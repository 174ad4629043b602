import { sleep } from '../ground/wait.ts';
import type { AuditRecord } from '../journal/journal.ts';

/** One look; `final` when looking again could only hide what was seen. */
export interface Look {
  record: AuditRecord;
  final?: boolean;
}

/**
 * Looks again until nothing is wrong any more: daemons that have just come back need their time.
 * @param timeout_ms after it the last look counts.
 * @param first a look that was taken before.
 */
export async function untilPass(
  timeout_ms: number,
  interval_ms: number,
  look: () => Promise<Look>,
  first?: Look,
): Promise<AuditRecord> {
  const deadline = performance.now() + timeout_ms;
  for (let known = first; ; known = undefined) {
    const { record, final } = known ?? (await look());
    if (final || record.verdict === 'pass' || performance.now() > deadline) return record;
    await sleep(interval_ms);
  }
}
