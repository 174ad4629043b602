import type { Engine } from '../../harness/engine/connect.ts';
import type { EnsureOptions } from '../../harness/engine/ensure-images.ts';
import { type ImageUser, imagesOfNodes, type NodeImage } from '../../harness/engine/image-of-node.ts';

/** The image of one node; see `imagesOfNodes`. */
export async function imageOfNode(
  engine: Engine,
  node: ImageUser,
  options: EnsureOptions = {},
): Promise<NodeImage> {
  return (await imagesOfNodes(engine, [node], options)).get(node.image)!;
}
