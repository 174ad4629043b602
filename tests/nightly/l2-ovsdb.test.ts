/** The database of a switch dies and hangs. */
import { expect, test } from 'vitest';
import { runScenario as run } from '../support/scenario.ts';

test('l2/ovsdb-kill: without its database a datapath in user space stops', async (context) => {
  const { trial } = await run(context, 'l2/ovsdb-kill');
  expect(trial.bounds['udp.outage_ms']).toMatchObject({ low: 3000, high: 3500 });
});

test('l2/ovsdb-hang: the control, nothing is lost', async (context) => {
  const { trial } = await run(context, 'l2/ovsdb-hang');
  expect(trial.bounds['udp.outage_ms']).toMatchObject({ low: 0, high: 0 });
});
