import { machineRows } from './machine-rows.ts';
import { networkRows } from './network-rows.ts';
import { nodeRows } from './node-rows.ts';
import { routerRows } from './router-rows.ts';
import type { MatrixRow } from './row.ts';
import { switchRows } from './switch-rows.ts';
import { wireRows } from './wire-rows.ts';

/** At least one row for every kind of fault that there is. */
export const MATRIX: readonly MatrixRow[] = [
  ...wireRows,
  ...networkRows,
  ...nodeRows,
  ...machineRows,
  ...switchRows,
  ...routerRows,
];
