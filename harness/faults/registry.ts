import { InputError } from '../ground/errors.ts';
import { crash } from './crash.ts';
import type { FaultKind } from './fault.ts';
import { kill } from './kill.ts';

/** Every kind of fault. A new one is a file and a line here. */
const KINDS: readonly FaultKind[] = [crash, kill];

export const faults: ReadonlyMap<string, FaultKind> = new Map(KINDS.map((kind) => [kind.kind, kind]));

/** @throws InputError listing the kinds that exist. */
export function faultKind(name: string): FaultKind {
  const kind = faults.get(name);
  if (!kind) throw new InputError(`there is no fault '${name}'; there are ${[...faults.keys()].join(', ')}`);
  return kind;
}
