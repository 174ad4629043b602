import { z } from 'zod';
import type { ClientFindings } from '../../system-analysis.ts';
import { pairWord } from '../../system-analysis.ts';
import type { Ways } from '../config/ways.ts';

/** What one probe shows of two nodes: for a report's table of who lost what. */
export const pairRow = z.object({
  from: z.string(),
  to: z.string(),
  probe: z.string(),
  /** Switches without which nothing gets from one to the other. */
  across: z.array(z.string()),
  /** Longest time without service between fault and healing, in ms: of flows that lasted; null where none was measured. */
  established_ms: z.number().nullable(),
  /** The same of flows that began after the fault. */
  new_ms: z.number().nullable(),
  /** Requests, datagrams or frames, whole trial. */
  lost: z.number().nullable(),
  /** An outage had not ended when the trial did. */
  open: z.boolean(),
});
export type PairRow = z.infer<typeof pairRow>;

/** Every probe between two nodes, those across a switch first. */
export function pairRows(clients: readonly ClientFindings[], ways: Ways): PairRow[] {
  const rows = clients.flatMap(({ probe, nodes, metrics, open }): PairRow[] => {
    const [from, to] = nodes;
    if (from === undefined || to === undefined) return [];
    const firstOf = (...measures: string[]) =>
      measures.map((measure) => metrics[measure]).find((value) => value !== undefined) ?? null;
    const losses = ['lost', 'established_lost', 'new_lost', 'failed'].flatMap((one) => metrics[one] ?? []);
    const lost = metrics.lost ?? (losses.length > 0 ? losses.reduce((sum, one) => sum + one, 0) : null);
    return [
      {
        ...{ from, to, probe, across: ways.between(from, to), open, lost },
        established_ms: firstOf('established_outage_ms', 'outage_ms'),
        new_ms: firstOf('new_outage_ms'),
      },
    ];
  });
  return rows.toSorted((a, b) => b.across.length - a.across.length || (a.probe < b.probe ? -1 : 1));
}

/** The outages that a probe may have, of flows of any kind. */
const OUTAGES = ['outage', 'established_outage', 'new_outage'];
/**
 * An answer that is later counts as none (RFC 6413, as probes have it). So what a busy machine holds up for little longer, or
 * two datagrams that are lost one after the other, look like an outage that is hardly longer.
 */
const SERVED_WITHIN_MS = 100;

/**
 * The pairs of nodes with a probe between them, and those of them that were cut off.
 * @returns `cut`: a probe of the pair had an outage between fault and healing that was longer than 100 ms even where it is
 * off by all of its error.
 */
export function countPairs(clients: readonly ClientFindings[]): { pairs: number; cut: number } {
  const all = new Set<string>();
  const cut = new Set<string>();
  for (const { nodes, metrics } of clients) {
    const [from, to] = nodes;
    if (from === undefined || to === undefined) continue;
    all.add(pairWord(from, to));
    if (OUTAGES.some((one) => isCutOff(metrics[`${one}_ms`], metrics[`${one}_error_ms`])))
      cut.add(pairWord(from, to));
  }
  return { pairs: all.size, cut: cut.size };
}

function isCutOff(outage_ms = 0, error_ms = 0): boolean {
  return outage_ms - error_ms > SERVED_WITHIN_MS;
}
