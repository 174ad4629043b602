import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../harness/lab/lab.ts';
import { l3Replicas } from '../../harness/systems/l3-ha/live/l3-replicas.ts';
import { loadSystems } from '../../harness/systems/load-systems.ts';
import { openLab } from '../../harness/systems/open-lab.ts';
import { oneOwner } from '../../harness/systems/vrrp/live/one-owner.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { auditScene } from '../support/audit-scene.ts';
import { inject, output } from '../support/faults.ts';
import { hadrill, REPOSITORY } from '../support/hadrill.ts';
import { huntRandom, killAt, nothingLeft, settled } from '../support/kills.ts';
import { engine, freshName, removeLabs } from '../support/labs.ts';

const TOPOLOGY = `${REPOSITORY}/topologies/l3-ha/l3-ha-2x2.clab.yml`;
const PLACES = ['r1-node1', 'r1-node2', 'r2-node1', 'r2-node2'];
const KILLS = Number(process.env.HADRILL_TEST_KILLS ?? 10);
/** Of a place: who has its router's address, which daemons run. */
const STATE =
  'ip -br -4 address show dev inside; pidof keepalived > /run/k && echo keepalived; pidof conntrackd > /run/k && echo conntrackd; [ -e /var/lib/neutron/l3/unbound ] && echo unbound; true';

const NAME = freshName('made');
let lab: Lab;
beforeAll(async () => {
  const variables = { R2_CREATED: 'later' };
  const topology = await loadTopology(TOPOLOGY, { env: variables });
  lab = await openLab(engine, topology, await loadSystems(topology, variables), { name: NAME });
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(NAME);
});

const audited = async () =>
  [...(await l3Replicas.run(auditScene(lab))), ...(await oneOwner.run(auditScene(lab)))].map(
    ({ verdict, detail }) => `${verdict} ${detail}`,
  );

test('a router that is created runs, and is gone when that is healed; healing twice is harmless', async () => {
  expect(await audited()).toContain(
    "pass router 'r2': it is not created, and runs nowhere: nobody holds 198.18.2.1",
  );
  const { injection } = await inject(lab, 'create-router', 'router(r2)');
  await expect(inject(lab, 'create-router', 'router(r2)')).rejects.toThrow("router 'r2' is created already");
  await injection.heal();
  await injection.fault.heal();
  expect(await output(lab, 'r2-node2', 'sh', '-c', STATE)).toContain('unbound');
  expect((await audited()).filter((one) => !one.startsWith('pass'))).toEqual([]);
});

test('a router that is deleted runs nowhere, and is as before when that is healed', async () => {
  const before = await output(lab, 'r1-node1', 'sh', '-c', STATE);
  expect(before).toContain('198.18.1.1/24');
  const { injection } = await inject(lab, 'delete-router', 'router(r1)');
  await expect(inject(lab, 'delete-router', 'r2-node1')).rejects.toThrow("router 'r2' is not created");
  await settled('r1 to run nowhere', async () =>
    (await audited()).includes(
      "pass router 'r1': it is not created, and runs nowhere: nobody holds 198.18.1.1",
    )
      ? []
      : ['r1'],
  );
  await injection.heal();
  expect(await output(lab, 'r1-node1', 'sh', '-c', STATE)).toBe(before);
  expect((await audited()).filter((one) => !one.startsWith('pass'))).toEqual([]);
});

test('an absent router whose address a node holds is a finding', async () => {
  await output(lab, 'r2-node1', 'ip', 'address', 'add', '198.18.2.1/24', 'dev', 'inside');
  const found = (await audited()).filter((one) => !one.startsWith('pass'));
  await output(lab, 'r2-node1', 'ip', 'address', 'del', '198.18.2.1/24', 'dev', 'inside');
  expect(found).toEqual(["fail router 'r2': r2-node1 holds 198.18.2.1, and it is not bound to it"]);
});

test('a command that is killed half-way leaves the lab as it was', async () => {
  const name = freshName('made-kills');
  const random = huntRandom();
  const states = async () => {
    const each = await Promise.all(
      PLACES.map((node) => hadrill(['exec', name, node, '--', 'sh', '-c', STATE])),
    );
    return each.map(
      ({ stdout }, at) => `${PLACES[at]}: ${stdout.replaceAll(/inside@if\d+|\s+/g, ' ').trim()}`,
    );
  };
  try {
    const up = await hadrill(['up', TOPOLOGY, '--name', name, '--var', 'R2_CREATED=later'], {
      timeout_ms: 120_000,
    });
    expect(up.code, up.stderr).toBe(0);
    const before = await states();
    for (let count = 0; count < KILLS; count += 1) {
      const [kind, router] = count % 2 === 0 ? ['create-router', 'r2'] : ['delete-router', 'r1'];
      const words = ['fault', name, kind!, `router(${router})`, '--for', '4s'];
      const killed = await killAt(words, random.unit() * 10_000);
      await nothingLeft(killed);
      await settled(`the routers to be as before: ${killed.words}`, async () =>
        (await states()).filter((one, at) => one !== before[at]),
      );
    }
  } finally {
    await removeLabs(name);
  }
}, 1_200_000);
