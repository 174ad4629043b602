import { expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import { labNow } from '../../harness/lab/now.ts';
import { dhcpPort } from '../../harness/probes/dhcp/dhcp-port.ts';
import { portStepsOf } from '../../harness/probes/dhcp/dhcp-port-steps.ts';
import { inject } from '../support/faults.ts';
import { freshLab } from '../support/labs.ts';
import { openNeutronLab } from '../support/neutron-labs.ts';

const OPTIONS = dhcpPort.options.parse({
  ...{ kind: 'dhcp-port', from: 'tester', interface: 'net1', network: 'net1', period: '300ms' },
});

test('while no agent of the network runs the steps go on, told to nobody', async () => {
  const { lab } = await openNeutronLab('dhcp', freshLab('ports'));
  onTestFinished(() => lab.disconnect());
  for (const host of ['host:node1', 'host:node2']) await inject(lab, 'crash', host);
  const from_ns = await labNow(lab);
  const probe = await dhcpPort.start(lab, 'ports', OPTIONS);
  onTestFinished(() => probe.abandon());
  await waitUntil({
    what: 'a port to have come and gone',
    timeout_ms: 60_000,
    check: async () => (await probe.trouble()) === undefined,
  });
  const end_ns = await labNow(lab);
  const files = await probe.stop();
  const steps = portStepsOf(files, 'ports-steps.json');
  expect(steps.map(({ told_ns }) => told_ns)).toEqual(steps.map(() => null));
  const windows = { fault_ns: from_ns, heal_ns: end_ns, healed_ns: end_ns, end_ns };
  expect(dhcpPort.analyse('ports', OPTIONS, files, windows).metrics).toMatchObject({ added: 0, removed: 0 });
});
