/** Run by the start guard when the harness died while its lab was starting: `remove-orphans RUN_ID`. */
import { connectEngine } from '../engine/connect.ts';
import { sleep } from '../ground/wait.ts';
import { Label, labelFilter } from './labels.ts';
import { removeLabelled } from './remove.ts';
import { removeUntilQuiet } from './remove-until-quiet.ts';

const run_id = process.argv[2];
if (run_id) {
  await removeUntilQuiet({
    remove: async () => removeLabelled(await connectEngine(), labelFilter(Label.run, run_id), 'the orphans'),
    now: () => performance.now(),
    sleep,
  });
}
