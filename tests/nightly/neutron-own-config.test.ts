import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { freshFolder } from '../support/folder.ts';
import { hadrill, REPOSITORY } from '../support/hadrill.ts';
import { expectNothingLeft, freshLab } from '../support/labs.ts';
import { needNeutronImages } from '../support/neutron-images.ts';

const DEPLOY_MS = 480_000;
const GROUP = '    neutron-node:\n';

/** As an operator has it, with words that no template of the image has. */
const L3_AGENT = `[DEFAULT]
interface_driver = openvswitch
ha_vrrp_advert_int = 3
ha_vrrp_health_check_interval = 0

[ovs]
datapath_type = netdev
ovsdb_connection = unix:/run/openvswitch/db.sock
`;

needNeutronImages();

test("an operator's own l3_agent.ini takes the place of the image's", async () => {
  const folder = path.join(await freshFolder(), 'neutron');
  await cp(path.join(REPOSITORY, 'topologies/neutron'), folder, { recursive: true });
  const topology = path.join(folder, 'neutron.clab.yml');
  const shipped = await readFile(topology, 'utf8');
  expect(shipped).toContain(GROUP);
  const binds = '      binds: ["l3_agent.ini:/etc/neutron/l3_agent.ini.template:ro"]\n';
  await writeFile(topology, shipped.replace(GROUP, `${GROUP}${binds}`));
  await writeFile(path.join(folder, 'l3_agent.ini'), L3_AGENT);

  const lab = freshLab('neutron');
  const up = await hadrill(['up', topology, '--name', lab], { timeout_ms: DEPLOY_MS });
  expect(up.code, up.stderr).toBe(0);
  const read = async (node: string, files: string) => {
    const done = await hadrill(['exec', lab, node, '--', 'sh', '-c', `cat ${files}`], { timeout_ms: 60_000 });
    return done.stdout;
  };
  for (const node of ['network1', 'network2']) {
    expect(await read(node, '/etc/neutron/l3_agent.ini')).toBe(L3_AGENT);
    const written = await read(node, '/var/lib/neutron/ha_confs/*/keepalived.conf');
    expect(written.match(/advert_int \d+/g)).toEqual(['advert_int 3', 'advert_int 3']);
  }
  const down = await hadrill(['down', lab], { timeout_ms: 60_000 });
  expect(down.code, down.stderr).toBe(0);
  await expectNothingLeft(lab);
});
