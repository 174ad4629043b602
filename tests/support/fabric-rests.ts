import { execInContainer } from '../../harness/engine/exec-in-container.ts';
import { engine, labContainers } from './labs.ts';

const LOOK = [
  'nft list tables',
  // Other disciplines are the kernel's own, one to every link.
  'tc qdisc show | grep -vE "^qdisc (noqueue|pfifo_fast|fq_codel|mq|fq|pfifo) "',
  'ip -o link show type ifb',
  'ls /sys/class/net | grep stranger',
].join('; ');

/** What faults have left in the fabric of a lab: rules, disciplines, devices; nothing where all is healed. */
export async function restsInFabric(lab: string): Promise<string[]> {
  const fabric = (await labContainers(lab)).find(({ Labels }) => Labels['hadrill.node'] === 'fabric');
  if (!fabric) throw new Error(`lab '${lab}' has no fabric`);
  const { stdout } = await execInContainer(engine.docker.getContainer(fabric.Id), ['sh', '-c', LOOK], {
    timeout_ms: 20_000,
  });
  return stdout.split('\n').filter((line) => line !== '');
}
