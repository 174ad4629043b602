import { expect, test } from 'vitest';
import { abilityScript, KERNEL_ABILITIES, readAbilities } from '../../../harness/lab/kernel-abilities.ts';
import { imagesCheck, kernelChecks, trialChecks } from '../../../harness/setup/engine-checks.ts';
import { readTrial } from '../../../harness/setup/fabric-trial.ts';
import { nodeCheck, stealCheck } from '../../../harness/setup/local-checks.ts';
import { neutronCheck } from '../../../harness/setup/neutron-check.ts';
import { SWITCH_ABILITIES, switchChecks } from '../../../harness/setup/switch-abilities.ts';

const machine = { memory_bytes: 8e9, images: new Map() };
const everything = new Map(KERNEL_ABILITIES.map((ability) => [ability.name, true]));

test('a kernel without netem is limited, one without veth is not enough', () => {
  expect(kernelChecks(everything).map((check) => check.status)).toEqual(['ok', 'ok']);
  const [wires, faults] = kernelChecks(new Map([...everything, ['netem', false]]));
  expect(wires!.status).toBe('ok');
  expect(faults).toMatchObject({ status: 'limited', remedy: expect.stringContaining('sch_netem') });
  expect(faults!.detail).toMatch(/^absent: netem \(faults delay/);
  expect(kernelChecks(new Map([...everything, ['veth', false]]))[0]!.status).toBe('missing');
});

test('what was not tried is not present', () => {
  expect(kernelChecks(new Map()).map((check) => check.status)).toEqual(['missing', 'limited']);
});

test("the trial's output is read", () => {
  const abilities = 'yes veth\nyes bridge\nno netem\nyes nft numgen\n';
  const trial = readTrial(`caps 00000000a8ac25fb\npids\nplugs\n${abilities}`);
  expect(trial).toMatchObject({ capabilities_lacking: ['NET_ADMIN'], pid_host: true, plugs: true });
  expect([...trial.abilities]).toEqual([
    ['veth', true],
    ['bridge', true],
    ['netem', false],
    ['nft numgen', true],
  ]);
  expect(trialChecks(trial, machine)[0]).toMatchObject({
    status: 'missing',
    detail: expect.stringContaining('NET_ADMIN'),
  });
  expect(readTrial('').capabilities_lacking).toHaveLength(5);
  expect(trialChecks('refused', machine)[0]).toMatchObject({ name: 'fabric', status: 'missing' });
});

test('an engine that gives containers higher limits than it may set is told how to be started', () => {
  // Podman 4.3.1 with runc 1.1.5, without CAP_SYS_RESOURCE.
  const words =
    'preparing container 6cde51fb855e for attach: runc: runc create failed: unable to start container process: error ' +
    'during container init: error setting rlimits for ready process: error setting rlimit type 6: operation not permitted';
  expect(trialChecks(words, machine)[0]).toMatchObject({
    status: 'missing',
    detail: expect.stringContaining('rlimit type 6'),
    remedy: expect.stringContaining('default_ulimits'),
  });
});

test('the script names every ability once', () => {
  const script = abilityScript();
  for (const { name } of KERNEL_ABILITIES) expect(script.split(`echo 'yes ${name}'`)).toHaveLength(2);
  expect(readAbilities('yes a\nnoise\nno b c\n')).toEqual(
    new Map([
      ['a', true],
      ['b c', false],
    ]),
  );
});

test('a kernel without openvswitch limits Open vSwitch to user space, and says what that means', () => {
  const both = new Map(SWITCH_ABILITIES.map(({ name }) => [name, true]));
  expect(switchChecks(both).map((check) => check.status)).toEqual(['ok', 'ok']);
  const [tun, datapath] = switchChecks(new Map([...both, ['openvswitch', false]]));
  expect(tun!.status).toBe('ok');
  expect(datapath).toMatchObject({
    name: 'switch: openvswitch',
    status: 'limited',
    detail: expect.stringContaining('stops with ovs-vswitchd'),
    remedy: expect.stringContaining('modprobe openvswitch'),
  });
  expect(switchChecks(new Map([...both, ['tun', false]]))[0]).toMatchObject({
    status: 'limited',
    remedy: expect.stringContaining('runc'),
  });
});

test("the throwaway container's rows include the switch's", () => {
  const trial = readTrial('caps ffffffffff\npids\nplugs\nyes tun\nno openvswitch\n');
  const rows = trialChecks(trial, machine).filter((check) => check.name.startsWith('switch: '));
  expect(rows.map((check) => check.status)).toEqual(['ok', 'limited']);
});

test('images', () => {
  const [yes, no] = [{ present: true }, { present: false }];
  expect(imagesCheck(new Map([['base', yes]])).status).toBe('ok');
  const check = imagesCheck(new Map(Object.entries({ base: yes, router: no })));
  expect(check.status).toBe('missing');
  expect(check.detail).toMatch(/: router$/);
});

test('an image that is built on demand is not missing before that', () => {
  const later = { present: false, on_demand: true };
  const check = imagesCheck(new Map(Object.entries({ base: { present: true }, later })));
  expect(check).toMatchObject({ status: 'ok', detail: 'base' });
});

test('Neutron needs memory, tun and a capability', () => {
  const images = new Map([['neutron-node', { present: true }]]);
  const able = { abilities: new Map([['tun', true]]), neutron_lacking: [] };
  const fine = neutronCheck({ memory_bytes: 8e9, images }, able);
  expect(fine).toMatchObject({
    status: 'ok',
    detail: expect.stringContaining('neutron-control will be built'),
  });
  const small = neutronCheck({ memory_bytes: 4e9, images }, able);
  expect(small).toMatchObject({ status: 'limited', detail: expect.stringContaining('4.0 GB of memory') });
  const bare = { abilities: new Map(), neutron_lacking: ['DAC_READ_SEARCH'] };
  expect(neutronCheck({ memory_bytes: 8e9, images }, bare).detail).toMatch(/tun.*DAC_READ_SEARCH$/);
});

test('Node.js', () => {
  expect(nodeCheck('22.17.0').status).toBe('missing');
  expect(nodeCheck('22.18.0').status).toBe('ok');
});

test('stolen time is a share of all time, guests not counted twice', () => {
  const check = stealCheck('cpu  80 0 10 5 0 0 0 5 80 0\ncpu0 1\n');
  expect(check?.status).toBe('ok');
  expect(check?.detail).toMatch(/^5\.0 %/);
  expect(stealCheck('cpu  80 0 10 0 0 0 0 10 0 0\n')?.status).toBe('limited');
  expect(stealCheck('')).toBeUndefined();
});
