import type { FleetNode } from './choose-nodes.ts';
import type { Patience } from './patience.ts';
import type { Swarm } from './swarm.ts';
import type { SwarmLook } from './swarm-look.ts';

/** Who makes something on the nodes of a swarm: what all parts of one command have in common. */
export interface Fleet {
  swarm: Swarm;
  look: SwarmLook;
  patience: Patience;
  /** Of the services of this command. */
  id: string;
  nodes: readonly FleetNode[];
  /** Of hadrill: `sha256:…`, or a name in a registry. */
  image: string;
  signal: AbortSignal;
  say: (line: string) => void;
}
