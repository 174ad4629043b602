import type { TopologyNode } from './topology.ts';

/** On a node whose image is the user's own: the image of hadrill's that it is built on, as `hadrill/neutron-node`. */
export const BUILT_ON_LABEL = 'hadrill.built-on';

/** What a node is to hadrill: its image, or the one of hadrill's that its own is built on. */
export function shippedImage({ image, labels }: Pick<TopologyNode, 'image' | 'labels'>): string {
  return labels[BUILT_ON_LABEL] ?? image;
}

/** What is wrong with the value of the label; undefined when nothing is. */
export function builtOnProblem(image: string): string | undefined {
  if (/^hadrill\/[a-z0-9-]+(?:[:@].+)?$/.test(image)) return undefined;
  return `label '${BUILT_ON_LABEL}' names an image of hadrill's, such as hadrill/router: '${image}' is none`;
}
