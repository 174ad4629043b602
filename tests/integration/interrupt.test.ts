import { describe, test } from 'vitest';
import { sleep } from '../../harness/ground/wait.ts';
import {
  afterTheFault,
  expectHealed,
  expectNoneMade,
  expectReaped,
  REAPED_WITHIN_MS,
  startRun,
  whileBuilding,
} from '../support/interrupted-runs.ts';
import { waitNothingLeft } from '../support/labs.ts';

describe('a run that is asked to stop heals, removes its lab and ends with 130', () => {
  test('SIGINT while building', () => expectHealed('quick-crash', whileBuilding, 'SIGINT'));
  test('SIGTERM right after the fault', () => expectHealed('quick-crash', afterTheFault, 'SIGTERM'));
});

test('a run that is killed right after the fault is cleaned up after by its fabric', () =>
  expectReaped(afterTheFault));

test('a run that is killed before its fabric runs leaves nothing either', async () => {
  const run = await startRun('quick-crash');
  await run.command.said(/^building lab /m);
  run.command.signal('SIGKILL');
  await run.command.ended;
  const lab = await run.results.lab();
  // What the dead command had asked the engine for may turn up a moment later.
  await sleep(1000);
  await waitNothingLeft(lab, REAPED_WITHIN_MS);
  await expectNoneMade(run, '0 of 1 trial');
});
