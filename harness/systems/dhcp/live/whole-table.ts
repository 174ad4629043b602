import type { LabTime } from '../../../ground/time.ts';
import { sleep } from '../../../ground/wait.ts';

const MOST_LOOKS = 4;
const PAUSE_MS = 20;

/** A lease table at a moment; `text` undefined when there was none. */
export interface TableLook {
  at_ns: LabTime;
  text: string | undefined;
}

/**
 * A lease table that is not cut. dnsmasq empties its lease file and writes it anew at every change, so a look may find
 * the beginning alone: what two looks find alike is whole, and of those that all differ the longest.
 * @param look reads the table once.
 */
export async function wholeTable(look: () => Promise<TableLook>, pause_ms = PAUSE_MS): Promise<TableLook> {
  let best = await look();
  let last = best;
  for (let looks = 1; looks < MOST_LOOKS && best.text !== undefined; looks += 1) {
    await sleep(pause_ms);
    const next = await look();
    if (next.text && next.text === last.text) return next;
    if ((next.text?.length ?? 0) > best.text.length) best = next;
    last = next;
  }
  return best;
}
