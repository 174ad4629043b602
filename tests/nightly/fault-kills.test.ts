import { afterAll, beforeAll, describe, test } from 'vitest';
import { lackingFor } from '../../harness/faults/require-kernel.ts';
import { sleep } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { Bystanders } from '../support/bystanders.ts';
import { EVERY_KIND, faultDrill } from '../support/fault-drill.ts';
import { MATRIX_LABS, matrixLab } from '../support/fault-matrix/labs.ts';
import type { MatrixRow } from '../support/fault-matrix/row.ts';
import { MATRIX } from '../support/fault-matrix/rows.ts';
import { freshFolder } from '../support/folder.ts';
import { huntRandom, killWhen, nothingLeft } from '../support/kills.ts';
import { changesSince, labState } from '../support/lab-state.ts';
import { freshName, removeLabs } from '../support/labs.ts';

/** Of each row of the matrix. */
const KILLS = Number(process.env.HADRILL_TEST_FAULT_KILLS ?? 1);
const random = huntRandom();
const killed = new Map<string, number>();
let bystanders: Bystanders;

beforeAll(async () => {
  bystanders = await Bystanders.begin();
});
afterAll(async () => {
  const all = [...killed.values()].reduce((sum, count) => sum + count, 0);
  console.log(`${all} kills: ${[...killed].map(([kind, count]) => `${kind} ${count}`).join(', ')}`);
  await bystanders?.end();
});

function count(kind: string): void {
  killed.set(kind, (killed.get(kind) ?? 0) + 1);
}

const LASTS_MS = 2000;
/** Until a fault that a command makes is in effect, most often. */
const APPLYING_MS = 1500;

describe.each(['faults', 'lb', 'switches', 'routers'] as const)('hadrill fault in the lab %s', (where) => {
  const name = freshName(`fault-kills-${where}`);
  const { healthy, roams } = MATRIX_LABS[where];
  let lab: Lab;
  let before: string[];
  beforeAll(async () => {
    lab = await matrixLab(where, name);
    await lab.release();
    // What has just been started is not looked at.
    await sleep(1000);
    before = await labState(name);
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  /** The first time when it was seen from inside the lab; then at any moment of its life, that of being applied among them. */
  async function killOne({ kind, target, options = {}, effect }: MatrixRow, at: number): Promise<number> {
    const words = Object.entries(options).flatMap(([key, value]) => ['--option', `${key}=${value}`]);
    const done = await killWhen(['fault', name, kind, target, ...words], async (command) => {
      if (at % 3 === 2) return sleep(random.unit() * APPLYING_MS);
      await command.said(/, at \d{4}-/m);
      if (at % 3 === 0) await effect(lab);
      await sleep(random.unit() * LASTS_MS);
    });
    count(kind);
    return nothingLeft(done, async () => changesSince(before, await labState(name), roams));
  }

  test.for(MATRIX.filter(({ on }) => on === where))('$kind of $target $options', async (row, context) => {
    const { kind, options = {} } = row;
    const [lacking] = await lackingFor(lab, [{ kind, options }]);
    if (lacking) return context.skip(`the kernel has no ${lacking.lacks.map((one) => one.name).join(', ')}`);
    let longest_ms = 0;
    for (let at = 0; at < KILLS; at += 1) {
      longest_ms = Math.max(longest_ms, await killOne(row, at));
      await healthy(lab);
      await bystanders.expectUntouched();
    }
    console.log(`${kind}: ${KILLS} kills, all as before after ${longest_ms.toFixed(0)} ms at most`);
  });
});

describe('hadrill run: the lab goes with the fault that is in effect in it', () => {
  test.each(EVERY_KIND)('$kind of $target', async (row) => {
    const drill = await faultDrill(row);
    const out = await freshFolder();
    let refused = false;
    const done = await killWhen(['run', drill, '--trials', '1', '--out', out], async (command) => {
      await command.said(/^trial 1: |cannot do the fault/m);
      refused = command.stderr.includes('cannot do the fault');
      await sleep(random.unit() * LASTS_MS);
    });
    if (!refused) count(row.kind);
    await nothingLeft(done);
    await bystanders.expectUntouched();
  });
});
