// A program with a live view, for tests on a terminal: what a run does, without a lab.
import { setTimeout as delay } from 'node:timers/promises';
import { Progress } from '../../../harness/cli/progress.ts';

const progress = await Progress.create();
progress.line('looking');
let drawn = 0;
const seen = progress.live((event, { columns }) => {
  drawn += 1;
  return [`draw ${drawn}`, 'x'.repeat(columns), event];
});
for (let step = 0; step < 30; step++) {
  progress.line(`event ${step}`);
  await delay(50);
  if (step === 10) {
    progress.done();
    process.stderr.write('note: this stays\n');
  }
}
progress.live(undefined);
process.stdout.write(`seen ${seen}, drawn ${drawn} times\n`);
