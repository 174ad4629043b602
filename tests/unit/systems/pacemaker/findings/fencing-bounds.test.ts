import { expect, test } from 'vitest';
import { parseCib } from '../../../../../harness/systems/pacemaker/config/cib.ts';
import {
  fencingBound,
  fencingDevices,
} from '../../../../../harness/systems/pacemaker/findings/fencing-bounds.ts';

const pair = (name: string, value: string) =>
  `<nvpair id="${name}-${value}" name="${name}" value="${value}"/>`;
const device = (id: string, params: Record<string, string>) => `
  <primitive id="${id}" class="stonith" type="fence_redfish"><instance_attributes id="${id}-p">
  ${Object.entries(params)
    .map(([name, value]) => `<nvpair id="${id}-${name}" name="${name}" value="${value}"/>`)
    .join('')}
  </instance_attributes></primitive>`;
const cib = (devices: string, options = '') =>
  parseCib(
    `<cib><configuration><crm_config><cluster_property_set id="o">${options}</cluster_property_set></crm_config>
     <resources>${devices}</resources></configuration></cib>`,
    'cib.xml',
  );

test("an agent is killed after Pacemaker's 60 s, or what the cluster or the device says", () => {
  const plain = device('f1', { pcmk_host_list: 'lb1' });
  expect(fencingBound(cib(plain), 'lb1', 'reboot')).toMatchObject({ low: 0, high: 60_000 });
  const short = pair('stonith-timeout', '20s');
  expect(fencingBound(cib(plain, short), 'lb1', 'reboot')).toMatchObject({ low: 0, high: 20_000 });
  const own = device('f1', { pcmk_host_list: 'lb1 lb2', pcmk_reboot_timeout: '30', pcmk_off_timeout: '5s' });
  expect(fencingBound(cib(own, short), 'lb1', 'reboot')).toMatchObject({ low: 0, high: 30_000 });
  expect(fencingBound(cib(own, short), 'lb2', 'off').high).toBe(5000);
});

test('a delay comes before it: a fixed one at least, a random one at most', () => {
  const delayed = device('f1', { pcmk_host_list: 'lb1', pcmk_delay_base: '2s', pcmk_delay_max: '5s' });
  expect(fencingBound(cib(delayed), 'lb1', 'reboot')).toEqual({
    ...{ low: 2000, high: 65_000 },
    from: 'Pacemaker: delay 2 s to 5 s + up to stonith-timeout 60 s',
  });
  const mapped = device('f1', { pcmk_host_map: 'lb1:1;lb2:2', pcmk_delay_base: 'lb1:3s;lb2:4s' });
  expect(fencingBound(cib(mapped), 'lb2', 'reboot').low).toBe(4000);
});

test('without exactly one device for the node there is no bound, and a reason', () => {
  const one = device('f1', { pcmk_host_list: 'lb1' });
  expect(() => fencingBound(cib(one), 'lb2', 'reboot')).toThrow('no fencing device names lb2');
  const two = one + device('f2', { pcmk_host_list: 'lb1' });
  expect(() => fencingBound(cib(two), 'lb1', 'reboot')).toThrow('f1 and f2 fence lb1');
});

test('devices are known by their class, also of a template', () => {
  const of_template = `<template id="bmc" class="stonith" type="fence_redfish"/><primitive id="f1" template="bmc"/>
    <primitive id="vip" class="ocf" provider="heartbeat" type="IPaddr2"/>`;
  expect([...fencingDevices(cib(of_template))]).toEqual(['f1']);
  expect([...fencingDevices(undefined)]).toEqual([]);
});
