import { expect, test } from 'vitest';
import { interfacesIn, routerOf } from '../../../../harness/systems/neutron/live/replicas.ts';

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

test('which interfaces of a namespace have a carrier', () => {
  const text = [
    '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN \\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00',
    '7: ha-1c8f0d3e-57: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UNKNOWN \\    link/ether fa:16:3e:00:00:01 brd ff:ff:ff:ff:ff:ff',
    '8: ha-2c8f0d3e-57@if9: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc fq_codel state DOWN \\    link/ether fa:16:3e:00:00:02 brd ff:ff:ff:ff:ff:ff',
  ].join('\n');
  expect(interfacesIn(text)).toEqual([
    { name: 'ha-1c8f0d3e-57', mac: 'fa:16:3e:00:00:01', carrier: true },
    { name: 'ha-2c8f0d3e-57', mac: 'fa:16:3e:00:00:02', carrier: false },
  ]);
});
