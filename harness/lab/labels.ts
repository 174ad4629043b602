/** Labels that mark what is ours, on every container. Fixed contract, but for `owner` and `spec`. */
export const Label = {
  lab: 'hadrill.lab',
  run: 'hadrill.run',
  node: 'hadrill.node',
  host: 'hadrill.host',
  /** The process that made it (`harness/lab/owner.ts`); it may have ended. Missing where that cannot be known. */
  owner: 'hadrill.owner',
  /** On a container of another image that has the place of a node's own one: the id of that, which is kept. */
  standsInFor: 'hadrill.stands-in-for',
  /** On the fabric only: the lab's resolved topology as JSON, so that a later command can find it. */
  spec: 'hadrill.spec',
} as const;

/** The node name under which the fabric's container goes. */
export const FABRIC_NODE = 'fabric';

/** The engine's filter for containers with a label, or with a label of that value. */
export function labelFilter(label: string, value?: string): { label: string[] } {
  return { label: [value === undefined ? label : `${label}=${value}`] };
}

/**
 * The container's name, by containerlab's rule for `prefix`: none given `hadrill-LAB-NODE`, a text
 * `TEXT-LAB-NODE`, `__lab-name` `LAB-NODE`, empty `NODE`.
 */
export function containerName(prefix: string | undefined, lab: string, node: string): string {
  if (prefix === '') return node;
  if (prefix === '__lab-name') return `${lab}-${node}`;
  return `${prefix ?? 'hadrill'}-${lab}-${node}`;
}
