import type { Lab, LabNode } from '../../../lab/lab.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
import type { Buckets } from '../findings/not-spread.ts';
import { parseBuckets } from '../findings/parse-buckets.ts';

/** Next hops, and the buckets of all groups. */
const LOOK = 'ip -oneline nexthop; echo; ip -oneline nexthop bucket';

/** The buckets of every resilient next-hop group of a node; none where it has no such group. */
export async function bucketsOf(lab: Lab, node: LabNode): Promise<Buckets[]> {
  const { stdout } = await runInNode(lab, node, ['sh', '-c', LOOK]);
  return parseBuckets(stdout);
}
