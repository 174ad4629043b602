import type { FaultKind } from '../systems/fault.ts';
import { LimitedFolder, limitedFolder, limitOptions } from './limited-folder.ts';

/** A folder of a node can be read only, as a file system that the kernel remounts after an error. */
export const readOnlyFs: FaultKind = {
  kind: 'read-only-fs',
  summary: 'a folder of a node can be read only',
  targets: ['node'],
  options: limitOptions,
  checkOptions: (options) => void limitedFolder('read-only-fs', options),
  prepare: (lab, target, options) =>
    new LimitedFolder(lab, target, { kind: 'read-only-fs', how: 'read-only', error: 'EROFS' }, options),
};
