import { didYouMean } from '../../../ground/near-name.ts';
import type { Networks } from './networks.ts';

/** Whether there is the network that a probe names. */
export function checkNetwork(
  networks: Networks | undefined,
  { network }: Readonly<Record<string, unknown>>,
): { message: string; key: string }[] {
  const names = networks?.networks.map(({ name }) => name) ?? [];
  if (typeof network !== 'string' || names.includes(network)) return [];
  const known = names.length > 0 ? `there are ${names.join(', ')}` : 'the topology has none';
  const message = `there is no network '${network}'${didYouMean(network, names)}; ${known}`;
  return [{ message, key: 'network' }];
}
