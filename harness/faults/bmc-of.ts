import { InputError } from '../ground/errors.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { type FabricBmc, fabricPorts } from '../topology/ports.ts';

/** The BMC that switches the power of a node. @throws InputError when its host has none, naming those that have one. */
export function bmcOf(lab: Lab, { host }: Pick<LabNode, 'host'>): FabricBmc {
  const { bmcs } = fabricPorts(lab.topology);
  const bmc = bmcs.find((one) => one.host === host);
  if (bmc) return bmc;
  const hosts = bmcs.map((one) => one.host).join(', ');
  throw new InputError(
    `host '${host}' has no BMC; ${hosts ? `these have one: ${hosts}` : 'no host has one'}`,
    { remedy: 'a label hadrill.bmc on one of its nodes gives it one' },
  );
}
