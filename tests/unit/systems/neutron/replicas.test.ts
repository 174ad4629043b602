import { expect, test } from 'vitest';
import { routerOf } from '../../../../harness/systems/neutron/live/replicas.ts';

const ID = '5f0f3f2b-0000-4c5e-9d3b-1a2b3c4d5e6f';

test('which router a process of a network node is of', () => {
  const conf = `/var/lib/neutron/ha_confs/${ID}/keepalived.conf`;
  expect(routerOf({ argv: ['keepalived', '-P', '-f', conf, '-p', '/x.pid'] })).toBe(ID);
  const monitor = ['/usr/bin/python3', '/usr/bin/neutron-keepalived-state-change', `--router_id=${ID}`];
  expect(routerOf({ argv: monitor })).toBe(ID);
  const title = `neutron-keepalived-state-change (${monitor.join(' ')})`;
  expect(routerOf({ argv: [title] })).toBe(ID);
  expect(
    routerOf({ argv: ['haproxy', '-f', `/var/lib/neutron/ns-metadata-proxy/${ID}.conf`] }),
  ).toBeUndefined();
  expect(routerOf({ argv: ['keepalived', '-f', '/etc/keepalived/keepalived.conf'] })).toBeUndefined();
});
