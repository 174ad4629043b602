import type { FaultKind } from '../systems/fault.ts';
import { LimitedFolder, limitedFolder, limitOptions } from './limited-folder.ts';

/** A folder of a node is on a file system that has no byte left; the machine's own disk is not filled. */
export const diskFull: FaultKind = {
  kind: 'disk-full',
  summary: 'a folder of a node is on a file system that is full',
  targets: ['node'],
  options: limitOptions,
  checkOptions: (options) => void limitedFolder('disk-full', options),
  prepare: (lab, target, options) =>
    new LimitedFolder(lab, target, { kind: 'disk-full', how: 'full', error: 'ENOSPC' }, options),
};
