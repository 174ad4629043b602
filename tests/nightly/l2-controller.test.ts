/** Switches that an OpenFlow controller programs, in the place of an agent. */
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { judgePorts } from '../../harness/systems/l2/findings/judge-ports.ts';
import { notReady } from '../../harness/systems/l2/findings/readiness.ts';
import { lookAtSwitch } from '../../harness/systems/l2/live/look-at-switch.ts';
import { LabSwitches } from '../../harness/systems/l2/live/switches.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { ping } from '../support/fault-matrix/ping.ts';
import { output } from '../support/faults.ts';
import { REPOSITORY } from '../support/hadrill.ts';
import { engine, freshLab } from '../support/labs.ts';
import { runScenario as run } from '../support/scenario.ts';

const TOPOLOGY = path.join(REPOSITORY, 'topologies/l2/l2.clab.yml');
/** As many as ovs-testcontroller writes in a minute of 200 new connections a second: they take more than 1 MiB to print. */
const FLOWS = 12_000;
const WRITE_FLOWS = `seq ${FLOWS} | sed 's/.*/udp,nw_src=198.18.10.1,nw_dst=198.18.10.3,tp_src=&,actions=NORMAL/' | ovs-ofctl add-flows br-int -`;

async function seenOn(lab: Lab, node: string) {
  const known = LabSwitches.of(lab)!.all.find((one) => one.node === node)!;
  return { known, look: await lookAtSwitch(lab, lab.node(node), 'after') };
}

test('a switch is connected to its controller, and is read however many flows that writes', async () => {
  const variables = { CONTROLLER: 'on', DATAPATH: 'netdev', FAIL_MODE: 'secure' };
  const lab = await up(engine, await loadTopology(TOPOLOGY, { env: variables }), {
    name: freshLab('controller'),
  });
  try {
    expect(await output(lab, 'sw1', 'ovs-vsctl', 'get', 'controller', 'br-int', 'is_connected')).toBe(
      'true\n',
    );
    expect(await ping(lab, 'vm1', '198.18.10.3', { count: 10 })).toMatchObject({ received: 10 });
    await output(lab, 'sw1', 'sh', '-c', WRITE_FLOWS);
    const { known, look } = await seenOn(lab, 'sw1');
    expect(look.flows.find(({ bridge }) => bridge === 'br-int')).toMatchObject({ flows: [], cookies: [] });
    expect(look.flows.find(({ bridge }) => bridge === 'br-int')!.counted).toBeGreaterThanOrEqual(FLOWS);
    expect(notReady(known, look)).toBeUndefined();
    expect(judgePorts(known, look)).toMatchObject({
      verdict: 'pass',
      detail: expect.stringContaining('3 ports'),
    });
  } finally {
    lab.disconnect();
  }
});

test('l2/controller-lost: in fail mode standalone the switch forwards by itself in the end', async (context) => {
  const { trial } = await run(context, 'l2/controller-lost');
  expect(trial.bounds['new.new_outage_ms']).toMatchObject({ low: 14_500, high: 15_500 });
});

test('l2/controller-lost-secure: the control, no new flow until the controller is back', async (context) => {
  const { trial } = await run(context, 'l2/controller-lost-secure');
  expect(trial.missing_bounds?.['new.new_outage_ms']).toContain('in fail mode secure');
});
