import { MATRIX_LABS } from './fault-matrix/labs.ts';
import { B, C } from './fault-matrix/ping.ts';
import type { MatrixRow } from './fault-matrix/row.ts';
import { MATRIX } from './fault-matrix/rows.ts';
import { freshFile } from './folder.ts';

/** Clients of each lab of the matrix; in the lab `faults` those of a victim, and others beside. */
const PROBES: Readonly<Record<MatrixRow['on'], object>> = {
  faults: {
    udp: { kind: 'udp', from: 'a', to: 'b', address: B },
    beside: { kind: 'udp', from: 'a', to: 'c', address: C, port: 7005 },
  },
  lb: { http: { kind: 'http', from: 'client', address: '198.18.1.100' } },
  switches: { udp: { kind: 'udp', from: 'vm1', to: 'vm3', address: '198.18.10.3' } },
  routers: { udp: { kind: 'udp', from: 'client1', to: 'server', address: '203.0.113.1' } },
};

/** A drill of one fault in its lab. @returns its file, which goes when the test ends. */
export function faultDrill({ kind, on, target, options = {} }: MatrixRow): Promise<string> {
  const { file, env = {} } = MATRIX_LABS[on];
  const [probe] = Object.keys(PROBES[on]);
  // JSON is YAML.
  const drill = JSON.stringify({
    description: `${kind}, and an accident in it`,
    topology: file,
    variables: env,
    probes: PROBES[on],
    fault: { kind, target, options },
    hold: { steady: '200ms', recovery: '1s', settled: '200ms', rejoin: '500ms' },
    expect: [{ metric: `${probe}.outage_ms`, op: '<=', value: 60_000 }],
  });
  return freshFile(`${kind}.drill.yml`, drill);
}

/** The first row of every kind, in the order of the matrix. */
export const EVERY_KIND: readonly MatrixRow[] = MATRIX.filter(
  ({ kind }, at) => MATRIX.findIndex((one) => one.kind === kind) === at,
);

/** Those of the lab `faults`, which needs no daemon. */
export const FAULT_DRILL_ROWS: readonly MatrixRow[] = EVERY_KIND.filter(({ on }) => on === 'faults');
