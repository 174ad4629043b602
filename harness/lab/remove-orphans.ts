/** Run by the start guard when the harness died while its lab was starting: `remove-orphans RUN_ID`. */
import { connectEngine } from '../engine/connect.ts';
import { sleep } from '../ground/wait.ts';
import { Label, labelFilter } from './labels.ts';
import { removeLabelled } from './remove.ts';

/** What the dead harness had asked for may still be under way in the engine. */
const QUIET_MS = 2000;
const GIVE_UP_MS = 60_000;

const run_id = process.argv[2];
if (run_id) {
  const engine = await connectEngine();
  const give_up = performance.now() + GIVE_UP_MS;
  let quiet_since = performance.now();
  while (performance.now() - quiet_since < QUIET_MS && performance.now() < give_up) {
    const removed = await removeLabelled(engine, labelFilter(Label.run, run_id), 'the orphans').catch(
      () => 1,
    );
    if (removed > 0) quiet_since = performance.now();
    await sleep(100);
  }
}
