import { z } from 'zod';
import { messageOf } from '../ground/errors.ts';
import type { FleetNode } from './choose-nodes.ts';
import type { Fleet } from './fleet.ts';
import { engineOf } from './service-spec.ts';
import { taskOnNode } from './task-on-node.ts';
import { taskRemedy } from './task-state.ts';

const checksSchema = z.array(
  z.object({
    name: z.string(),
    status: z.enum(['ok', 'missing', 'limited']),
    detail: z.string(),
    remedy: z.string().exactOptional(),
  }),
);

/** What `hadrill doctor` found on a node. */
export type NodeCheck = z.infer<typeof checksSchema>[number];

/** Whether a node can make trials. */
export interface NodeLook {
  node: string;
  fit: boolean;
  checks: NodeCheck[];
}

/** Has every node look at its own engine, as `hadrill doctor` does. Changes nothing there. */
export function lookAtNodes(fleet: Fleet, image_name: string): Promise<NodeLook[]> {
  return Promise.all(fleet.nodes.map((node) => lookAt(fleet, node, image_name)));
}

async function lookAt(fleet: Fleet, node: FleetNode, image_name: string): Promise<NodeLook> {
  const unfit = (detail: string, remedy?: string): NodeLook => ({
    node: node.name,
    fit: false,
    checks: [{ name: 'node', status: 'missing', detail, ...(remedy === undefined ? {} : { remedy }) }],
  });
  if (node.away !== undefined) return unfit(node.away);
  try {
    const args = ['doctor', '--engines', engineOf(node), '--json'];
    const { end, stdout, stderr } = await taskOnNode(fleet, node, { does: 'look', what: 'doctor', args });
    const checks = checksOf(stdout.join('\n'))?.map(withoutDebian);
    if (checks) return { node: node.name, fit: checks.every(({ status }) => status !== 'missing'), checks };
    const said = stderr.slice(-5).join('\n');
    const why = end.how === 'done' ? 'it gave no answer that can be read' : end.why;
    return unfit(said === '' ? why : `${why}: ${said}`, taskRemedy(why, image_name));
  } catch (error) {
    fleet.signal.throwIfAborted();
    return unfit(messageOf(error));
  }
}

/** Images are brought to nodes: few have what they are built from. */
function withoutDebian(check: NodeCheck): NodeCheck {
  if (check.name !== 'debian base' || check.status !== 'missing') return check;
  return {
    ...check,
    status: 'limited',
    detail: `${check.detail}; a lab's image that is not there can't be built`,
  };
}

function checksOf(text: string): NodeCheck[] | undefined {
  try {
    return checksSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
