import { expect, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import { hadrill } from '../support/hadrill.ts';
import { expectNothingLeft, freshLab } from '../support/labs.ts';
import { needNeutronImages } from '../support/neutron-images.ts';

const TOPOLOGY = 'topologies/neutron/neutron.clab.yml';
const DEPLOY_MS = 480_000;
/** A client of DHCP asks every few seconds from the start of its machine on. */
const LEASE_MS = 60_000;

needNeutronImages();

test('Neutron makes what its tenant file names, and machines reach the outside by it', async () => {
  const lab = freshLab('neutron');
  const up = await hadrill(['up', TOPOLOGY, '--name', lab], { timeout_ms: DEPLOY_MS });
  expect(up.code, up.stderr).toBe(0);
  for (const step of ['every agent has reported itself', 'routers and ports work'])
    expect(up.stderr).toMatch(new RegExp(`^${step}: [0-9.]+ s$`, 'm'));
  const run = async (node: string, ...argv: string[]) => {
    const done = await hadrill(['exec', lab, node, '--', ...argv], { timeout_ms: 60_000 });
    return { code: done.code, text: done.stdout + done.stderr };
  };
  // By SNAT or a floating IP outwards, by a floating IP inwards.
  for (const vm of ['vm1', 'vm2', 'vm3'])
    expect(await run(vm, 'curl', '-sf', '--max-time', '5', 'http://203.0.113.1:8080/')).toMatchObject({
      code: 0,
    });
  for (const address of ['203.0.113.11', '203.0.113.12'])
    expect(await run('outside', 'ping', '-c', '3', '-W', '2', address)).toMatchObject({ code: 0 });
  // Networks of a tenant do not reach each other but by the provider's.
  expect((await run('vm1', 'ping', '-c', '2', '-W', '1', '198.18.2.11')).code).not.toBe(0);
  // Two replicas of each router, of which one is active.
  const routers = await run('control', 'curl', '-sf', 'http://127.0.0.1:9696/v2.0/routers');
  const { routers: made } = JSON.parse(routers.text) as {
    routers: { id: string; name: string; ha: boolean }[];
  };
  expect(made.map(({ name, ha }) => `${name} ${ha}`).sort()).toEqual(['r1 true', 'r2 true']);
  for (const { id } of made) {
    const replicas = await run(
      'control',
      'curl',
      '-sf',
      `http://127.0.0.1:9696/v2.0/routers/${id}/l3-agents`,
    );
    const { agents } = JSON.parse(replicas.text) as { agents: { host: string }[] };
    expect(agents.map(({ host }) => host).sort()).toEqual(['network1', 'network2']);
  }
  // The address of its port, for as long as a lease lasts: nothing else has put it there.
  await waitUntil({
    what: "'vm4' to have the address of its port by DHCP",
    timeout_ms: LEASE_MS,
    interval_ms: 1000,
    check: async () =>
      (await run('vm4', 'ip', '-4', 'address', 'show', 'dev', 'eth0')).text.includes('198.18.1.13/24'),
    log: async () => (await hadrill(['logs', lab, 'vm4'], { timeout_ms: 30_000 })).stdout,
  });
  const held = await run('vm4', 'ip', '-4', 'address', 'show', 'dev', 'eth0');
  expect(held.text).toMatch(/valid_lft \d{1,3}sec/);
  expect(await run('vm4', 'ping', '-c', '3', '-W', '2', '203.0.113.1')).toMatchObject({ code: 0 });
  // Who asks is known by its address and its router, not by what it says of itself.
  const url = 'http://169.254.169.254/openstack/latest/meta_data.json';
  for (const [vm, ...claims] of [['vm1'], ['vm3', '-H', 'X-Instance-ID: vm1'], ['vm2']] as const) {
    const told = await run(vm, 'curl', '-sf', '--max-time', '20', ...claims, url);
    expect(told, vm).toMatchObject({ code: 0 });
    expect(JSON.parse(told.text)).toMatchObject({ instance_id: vm, tenant_id: 'hadrill', signature: 'ok' });
  }
  const down = await hadrill(['down', lab], { timeout_ms: 60_000 });
  expect(down.code, down.stderr).toBe(0);
  await expectNothingLeft(lab);
});
