import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { loadDrill } from '../../../harness/drill/load-drill.ts';
import { InputError } from '../../../harness/ground/errors.ts';

const TOPOLOGY = path.resolve(import.meta.dirname, '../../../topologies/l3/l3.clab.yml');
const FIRST_LINE = 4;

/** A drill file whose faults begin at line 4. */
export async function drillWith(...lines: string[]): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hadrill-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'several.drill.yml');
  const text = [
    'description: several faults',
    `topology: ${TOPOLOGY}`,
    'probes: { udp: { kind: udp, from: client, to: server, address: 203.0.113.1 } }',
    ...lines,
    'expect: [{ metric: udp.outage_ms, op: "<=", value: 5000 }]',
  ];
  await writeFile(file, `${text.join('\n')}\n`);
  return file;
}

/** `LINE:COLUMN MESSAGE` of everything that is wrong, lines counted from the first of the faults. */
export async function problems(...lines: string[]): Promise<string[]> {
  const error: unknown = await drillWith(...lines)
    .then((file) => loadDrill(file))
    .then(() => undefined)
    .catch((reason: unknown) => reason);
  if (!(error instanceof InputError)) throw error ?? new Error('nothing was refused');
  return error.problems.map(
    ({ message, position }) => `${position!.line! - FIRST_LINE + 1}:${position!.column} ${message}`,
  );
}
