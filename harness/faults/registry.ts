import { didYouMean } from '../ground/near-name.ts';
import { registryOf } from '../ground/registry.ts';
import { crash } from './crash.ts';
import { cut } from './cut.ts';
import { exec } from './exec.ts';
import type { FaultKind, FaultOptions } from './fault.ts';
import { filter } from './filter.ts';
import { hang } from './hang.ts';
import { kill } from './kill.ts';
import { removeAddress } from './remove-address.ts';
import { restart } from './restart.ts';
import { standby } from './standby.ts';
import { stop } from './stop.ts';

/** Every kind of fault. A new one is a file and a line here. */
export const faults = registryOf<FaultKind>(
  'fault',
  [crash, cut, exec, filter, hang, kill, removeAddress, restart, standby, stop],
  ({ kind }) => kind,
);

/** @throws InputError listing the kinds that exist. */
export function faultKind(name: string): FaultKind {
  return faults.need(name);
}

/** The options that a kind of fault does not take, each with the sentence that says so. */
export function unknownOptions(kind: FaultKind, options: FaultOptions): { name: string; message: string }[] {
  const known = Object.keys(kind.options);
  return Object.keys(options)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      name,
      message:
        `${kind.kind} has no option '${name}'${didYouMean(name, known)}; ` +
        `it takes ${known.length > 0 ? known.join(', ') : 'none'}`,
    }));
}
