import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import type { Engine } from '../../harness/engine/connect.ts';
import { PACKAGE_ROOT } from '../../harness/engine/package-root.ts';
import { optionsOf } from './bare-containers.ts';
import type { LibraryRound } from './library-round.ts';

const BIN = path.join(PACKAGE_ROOT, 'harness/cli/bin.js');
const BARE_PROCESS = path.join(PACKAGE_ROOT, 'tests/bench/bare-process.js');

/** The whole process of `hadrill up` and `hadrill down`, and that of a script that does the same with bare containers. */
export async function commandRound(
  engine: Engine,
  topology: string,
  lab: string,
  bare: string,
  scratch: string,
): Promise<LibraryRound> {
  const up_ms = await timed(BIN, 'up', topology, '--name', lab);
  const options = path.join(scratch, 'containers.json');
  await writeFile(options, JSON.stringify(await optionsOf(engine, lab, bare)));
  const down_ms = await timed(BIN, 'down', lab);
  const bare_start_ms = await timed(BARE_PROCESS, 'start', options);
  const bare_remove_ms = await timed(BARE_PROCESS, 'remove', bare);
  return { up_ms, bare_start_ms, down_ms, bare_remove_ms };
}

async function timed(program: string, ...args: string[]): Promise<number> {
  const from = performance.now();
  await execa(process.execPath, [program, ...args]);
  return performance.now() - from;
}
