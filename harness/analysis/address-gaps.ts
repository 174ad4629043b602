import { msFromNs } from '../ground/time.ts';
import type { AddressGap, TrialFacts, TrialWindows } from '../journal/trial-facts.ts';

/** Why it is not known when addresses moved: one sentence for each stretch of which the kernel's word was lost. */
export function addressGapDoubts(
  { address_gaps = [] }: Pick<TrialFacts, 'address_gaps'>,
  { fault_ns }: Pick<TrialWindows, 'fault_ns'>,
): string[] {
  return address_gaps.map(({ node, from_ns, to_ns }: AddressGap) => {
    const after = (at_ns: number) => `${msFromNs(at_ns - fault_ns).toFixed(1)} ms`;
    const until = to_ns === null ? 'on' : `to ${after(to_ns)}`;
    return (
      `the addresses of ${node} changed more often than could be noted: ` +
      `which of them changed from ${after(from_ns)} after the fault ${until}, and when, is not known`
    );
  });
}
