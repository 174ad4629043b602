import { clusterState } from '../cluster/cluster-state.ts';
import { clustersOf } from '../cluster/clusters.ts';
import { InputError } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { activeNodes } from '../measure/crm-mon.ts';

/**
 * The member on which a cluster's resource runs right now, by crm_mon's word.
 * @throws InputError when there is no such resource, or it does not run on exactly one member.
 */
export async function resolveActive(lab: Lab, resource: string): Promise<LabNode> {
  const nothing = `active(${resource}) resolves to nothing:`;
  const clusters = clustersOf(lab);
  if (clusters.length === 0) throw new InputError(`${nothing} no node of this lab is a member of a cluster`);
  const views = await Promise.all(clusters.map((cluster) => clusterState(lab, cluster)));
  const states = views.flatMap((view) => view?.state ?? []);
  if (states.length === 0) throw new InputError(`${nothing} no member of a cluster answers crm_mon`);
  const known = [
    ...new Set(
      states.flatMap(({ resources }) =>
        resources.flatMap(({ id, clone }) => [id, ...(clone ? [clone] : [])]),
      ),
    ),
  ];
  if (!known.includes(resource)) {
    const others = known.length > 0 ? `there are ${known.join(', ')}` : 'there is none';
    throw new InputError(
      `${nothing} there is no resource '${resource}'${didYouMean(resource, known)}; ${others}`,
    );
  }
  const nodes = states.flatMap((state) => activeNodes(state, resource)).toSorted();
  const [node, ...more] = nodes;
  if (!node) throw new InputError(`${nothing} the resource runs nowhere now`);
  if (more.length > 0)
    throw new InputError(`${nothing} the resource runs on ${nodes.join(' and ')}; name one of them`);
  return lab.node(node);
}
