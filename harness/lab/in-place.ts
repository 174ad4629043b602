import { Label } from './labels.ts';

/** What is looked at of a container to tell which one has a node's place. */
interface Placed {
  Id: string;
  State: string;
  Labels: Record<string, string>;
}

/**
 * Of the containers of one node the one that has the node's place: its own one while that runs, else the one that stands in
 * for it and was started.
 */
export function inPlace<T extends Placed>(found: readonly T[]): T | undefined {
  const own = found.find(({ Labels: labels }) => labels[Label.standsInFor] === undefined);
  if (own?.State === 'running' || own?.State === 'paused') return own;
  const others = found.filter((one) => one !== own && one.State !== 'created');
  return others[0] ?? own;
}
