import { createHash } from 'node:crypto';

/**
 * A stable, locally administered unicast MAC for a node's interface, so that a node has the same one
 * after its crash as before, as a machine would (IEEE 802: second-least bit of the first octet).
 */
export function stableMac(node: string, interfaceName: string): string {
  const digest = createHash('sha256').update(`${node}\0${interfaceName}`).digest();
  return ['02', ...[...digest.subarray(0, 5)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}
