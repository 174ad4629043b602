import { MATRIX_LABS } from './fault-matrix/labs.ts';
import { B, C } from './fault-matrix/ping.ts';
import type { MatrixRow } from './fault-matrix/row.ts';
import { MATRIX } from './fault-matrix/rows.ts';
import { freshFile } from './folder.ts';

/** A drill of one fault in the lab `faults`, with a probe at its victim and one beside. @returns its file, which goes when the test ends. */
export function faultDrill({ kind, target, options = {} }: MatrixRow): Promise<string> {
  // JSON is YAML.
  const drill = JSON.stringify({
    description: `${kind}, and an accident in it`,
    topology: MATRIX_LABS.faults.file,
    probes: {
      udp: { kind: 'udp', from: 'a', to: 'b', address: B },
      beside: { kind: 'udp', from: 'a', to: 'c', address: C, port: 7005 },
    },
    fault: { kind, target, options },
    hold: { steady: '200ms', recovery: '1s', settled: '200ms', rejoin: '500ms' },
    expect: [{ metric: 'udp.outage_ms', op: '<=', value: 60_000 }],
  });
  return freshFile(`${kind}.drill.yml`, drill);
}

/** The first row of every kind that the lab `faults` has, in the order of the matrix. */
export const FAULT_DRILL_ROWS: readonly MatrixRow[] = MATRIX.filter(
  ({ on, kind }, at) => on === 'faults' && MATRIX.findIndex((one) => one.kind === kind) === at,
);
