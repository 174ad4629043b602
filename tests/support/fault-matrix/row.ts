import type { Lab } from '../../../harness/lab/lab.ts';

/** What stands for a kind of fault in the matrix: where it breaks what, and how that is seen. */
export interface MatrixRow {
  readonly kind: string;
  /** `faults`: three nodes on a bridge, with pings from a to b all the time; `lb`: a cluster; `switches`: machines on two switches; `routers`: HA routers, of which r2 is not created. */
  readonly on: 'faults' | 'lb' | 'switches' | 'routers';
  readonly target: string;
  readonly options?: Readonly<Record<string, string>>;
  /** Fails unless the fault is seen from inside the lab, by other means than its own answer. */
  effect(lab: Lab): Promise<void>;
}
