import { test } from 'hadrill/vitest';
import { expect } from 'vitest';

const probes = {
  udp: { kind: 'udp', from: 'client', to: 'server', address: '203.0.113.1' },
  tcp: { kind: 'tcp', from: 'client', to: 'server', address: '203.0.113.1', sessions: 20 },
} as const;

test('the master loses its power: clients wait for less than 2 s, and keep their sessions', async ({
  hadrill,
}) => {
  const lab = await hadrill.openLab('pair.clab.yml');
  const trial = await hadrill.measure(lab, { name: 'pair/crash', probes });
  await trial.fault('crash', 'host:master(gw)');
  const result = await trial.result();
  expect(result).toRecoverWithin('2s');
  expect(result).toSurvive();
  expect(result).toHaveSingleOwner();
});

test('keepalived is stopped in good order: clients hardly notice', async ({ hadrill }) => {
  const lab = await hadrill.openLab('pair.clab.yml');
  const trial = await hadrill.measure(lab, { name: 'pair/stop', probes });
  await trial.fault('kill', 'master(gw)/keepalived', { options: { signal: 'SIGTERM' } });
  // Anything may be done here while it is broken.
  await trial.takenOver();
  const addresses = await lab.exec('client', ['ip', 'neigh', 'show', '198.18.1.1']);
  expect(addresses.stdout).toContain('198.18.1.1');
  expect(await trial.result()).toRecoverWithin('900ms');
});

test('the drill in the file passes', async ({ hadrill }) => {
  expect(await hadrill.runDrill('node-crash.drill.yml', { trials: 1 })).toPass();
});
