import type { NodeImage } from '../engine/image-of-node.ts';
import { InputError, type InputProblem } from '../ground/errors.ts';
import type { TopologyNode } from '../topology/topology.ts';

/**
 * Capabilities that an image may ask for by its own label: Docker's defaults, and those that act inside the network
 * namespace of a node or on its own processes alone. With any other, a program could leave its container or change the
 * engine's machine (capabilities(7)).
 */
const ON_REQUEST = new Set(
  `AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID IPC_LOCK KILL MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW
   SETFCAP SETGID SETPCAP SETUID SYS_CHROOT SYS_NICE`.split(/\s+/),
);

/**
 * What an image asks for by the label `hadrill.capabilities` is given to it as far as it is harmless to the engine's
 * machine. More has to be written in the topology, by the person who runs the lab.
 * @throws InputError naming every node whose image asks for more than its topology grants.
 */
export function requireModestImages(
  nodes: readonly TopologyNode[],
  images: ReadonlyMap<string, NodeImage>,
): void {
  const problems = nodes.flatMap((node): InputProblem[] => {
    const asked = images.get(node.image)?.capabilities ?? [];
    const more = asked.filter((name) => !ON_REQUEST.has(name) && !node.cap_add.includes(name));
    if (more.length === 0) return [];
    const message =
      `node '${node.name}': its image ${node.image} asks for ${more.join(', ')} by its label hadrill.capabilities, ` +
      'which no image is given at its own request';
    return [{ message }];
  });
  if (problems.length > 0)
    throw new InputError(problems, {
      remedy:
        'use another image; or, if you trust this one with the whole machine, add `cap-add` to the node',
    });
}
