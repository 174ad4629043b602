import { sleep } from '../ground/wait.ts';
import type { AuditRecord } from '../journal/journal.ts';

/**
 * Looks again until nothing is wrong any more: daemons that have just come back need their time.
 * @param timeout_ms after it the last look counts.
 */
export async function untilPass(
  timeout_ms: number,
  interval_ms: number,
  look: () => Promise<AuditRecord>,
): Promise<AuditRecord> {
  const deadline = performance.now() + timeout_ms;
  for (;;) {
    const record = await look();
    if (record.verdict === 'pass' || performance.now() > deadline) return record;
    await sleep(interval_ms);
  }
}
