import type { Check } from './check.ts';
import type { FabricTrial } from './fabric-trial.ts';

/** What of the engine's machine Neutron's nodes need, beside what a container there can do. */
export interface NeutronMachine {
  memory_bytes: number;
  images: ReadonlyMap<string, { present: boolean }>;
}

const IMAGES = ['neutron-control', 'neutron-node'];
/** A control node, two network nodes and a compute node, with room for the rest of the machine. */
const MEMORY_BYTES = 5e9;

/** Whether drills of `topologies/neutron` can run; their images are built when the first of them does. */
export function neutronCheck(
  { memory_bytes, images }: NeutronMachine,
  { abilities, neutron_lacking }: Pick<FabricTrial, 'abilities' | 'neutron_lacking'>,
): Check {
  const name = 'neutron';
  const memory = `${(memory_bytes / 1e9).toFixed(1)} GB of memory`;
  const lacks = [
    ...(memory_bytes < MEMORY_BYTES ? [`${memory}, and its nodes need ${MEMORY_BYTES / 1e9} GB`] : []),
    ...(abilities.get('tun') ? [] : ['/dev/net/tun cannot be used in a container']),
    ...neutron_lacking.map((capability) => `the engine denies capability ${capability}`),
  ];
  if (lacks.length > 0) {
    const remedy = 'use another machine for the drills in topologies/neutron; all others run without this';
    return { name, status: 'limited', detail: `not here: ${lacks.join('; ')}`, remedy };
  }
  const absent = IMAGES.filter((image) => !images.get(image)?.present);
  const built =
    absent.length === 0
      ? 'its images are built'
      : `${absent.join(' and ')} will be built when a drill needs it`;
  return { name, status: 'ok', detail: `${memory}; ${built}` };
}
