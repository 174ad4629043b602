import { z } from 'zod';
import { type Records, recordOf } from '../../evidence/records.ts';
import { defined } from '../../ground/defined.ts';
import { InputError, messageOf } from '../../ground/errors.ts';
import { NS_PER_MS } from '../../ground/time.ts';
import type { ProbeFindings, TrialWindows } from '../probe.ts';
import { droppedDoubt, gapFindings } from './dhcp-analysis.ts';
import { dhcpRecordsOf } from './dhcp-records.ts';
import type { FoundRate } from './rate-search.ts';
import { asRequests, isServed } from './records/dhcp-exchanges.ts';
import { lowestRate, meanRate } from './records/dhcp-rates.ts';

/** At such rates a client or two that have to ask again are not a gap. */
const LEAST_IN_A_ROW = 3;

/** From then on the rate after the fault is reported. */
const AFTER_NS = 2000 * NS_PER_MS;

const found = z.object({
  highest: z.number(),
  limit: z.enum(['client', 'server', 'most']),
  steps: z.array(z.object({ per_s: z.number(), sustained: z.boolean(), client_limited: z.boolean() })),
}) satisfies z.ZodType<FoundRate>;

export function loadRecordNames(probe: string): { exchanges: string; search: string } {
  return { exchanges: `${probe}.jsonl`, search: `${probe}-search.json` };
}

/**
 * What the records of a probe `dhcp-load` say, of the time in which the share of the highest rate was held.
 * @throws InputError when a record is missing or is none; UnknownError when nothing was sent between fault and healing.
 */
export function analyseLoad(name: string, files: Records, windows: TrialWindows): ProbeFindings {
  const { fault_ns, heal_ns } = windows;
  const names = loadRecordNames(name);
  const search = searchOf(files, names.search);
  const records = dhcpRecordsOf(files, names.exchanges);
  const held = records.rates.at(-1);
  if (!held) throw new InputError(`the record '${names.exchanges}' has no rate`);
  const exchanges = records.exchanges.filter(({ seq }) => seq >= held.from_seq);
  const { metrics, ...gaps } = gapFindings(name, asRequests(exchanges), held.per_s, windows, LEAST_IN_A_ROW);
  const acks = exchanges.flatMap((one) => (isServed(one) ? [one.ack!.at_ns] : []));
  const gap = gaps.outages
    .filter(({ start_ns }) => start_ns < heal_ns)
    .toSorted((a, b) => b.outage_ms - a.outage_ms)[0];
  return {
    metrics: defined({
      highest_rate: search.highest,
      client_limited: search.limit === 'client' ? 1 : 0,
      rate_before: meanRate(acks, held.at_ns, fault_ns),
      rate_dip: lowestRate(acks, fault_ns, heal_ns),
      rate_after: meanRate(acks, Math.max(fault_ns + AFTER_NS, gap?.end_ns ?? 0), heal_ns),
      exchanges: exchanges.length,
      failed: exchanges.filter(({ end }) => end === 'failed').length,
      ...metrics,
      cpu_ratio: records.cpu_ratio,
    }),
    ...gaps,
    doubts: [...gaps.doubts, ...droppedDoubt(name, records)],
  };
}

function searchOf(files: Records, name: string): FoundRate {
  try {
    return found.parse(JSON.parse(new TextDecoder().decode(recordOf(files, name))));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `the record '${name}' is not a record of a search for the highest rate: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}
