import { describe, expect, test } from 'vitest';
import { loadDrill } from '../../../../harness/drill/load-drill.ts';
import { readSwitchSettings } from '../../../../harness/systems/l2/config/switch-settings.ts';
import { drillFile } from '../../../support/labs.ts';

const WIRES = ['vm1', 'vm4', 'trunk'];

test('the defaults are those of the image', () => {
  const { settings, problems } = readSwitchSettings({ PORTS: 'vm1=10 vm4=20', TRUNK: 'trunk' }, WIRES);
  expect(problems).toEqual([]);
  expect(settings).toEqual({
    ports: [
      { interface: 'vm1', vlan: 10 },
      { interface: 'vm4', vlan: 20 },
    ],
    trunk: 'trunk',
    fail_mode: 'secure',
    phys_fail_mode: 'secure',
    datapath: 'auto',
    controller: false,
    inactivity_probe_ms: 5000,
    polling_ms: 2000,
    start_delay_ms: 0,
    drop_flows_on_start: false,
    vswitchd_keeper: 'nothing',
    agent_respawns: false,
    ovsdb_respawns: false,
  });
});

test('who starts ovs-vswitchd again', () => {
  const keeper = (env: Record<string, string>) => readSwitchSettings(env, []).settings.vswitchd_keeper;
  expect(keeper({ MONITOR: 'on' })).toBe('monitor');
  expect(keeper({ RESPAWN: 'ovs-vswitchd l2-agent' })).toBe('init');
  expect(keeper({ RESPAWN: 'ovsdb-server' })).toBe('nothing');
});

describe('what is wrong is named with its variable', () => {
  test.each([
    ['PORTS', 'vm1', "expected INTERFACE=VLAN with a VLAN from 1 to 4094, not 'vm1'"],
    ['PORTS', 'vm1=4095', "expected INTERFACE=VLAN with a VLAN from 1 to 4094, not 'vm1=4095'"],
    ['PORTS', 'vm1=10 vm1=20', "names 'vm1' twice: a port is in one network"],
    ['PORTS', 'vm=10', "the node has no wire 'vm'; did you mean 'vm1'? it has vm1, vm4, trunk"],
    ['TRUNK', 'wire', "the node has no wire 'wire'; it has vm1, vm4, trunk"],
    ['FAIL_MODE', 'secured', "expected secure or standalone; did you mean 'secure'?, not 'secured'"],
    ['POLLING_INTERVAL', '2s', "expected seconds, such as 2 or 0.5, not '2s'"],
    ['DROP_FLOWS_ON_START', 'yes', "expected false or true, not 'yes'"],
  ])('%s=%s', (variable, value, message) => {
    const { problems } = readSwitchSettings({ [variable]: value }, WIRES);
    expect(problems).toMatchObject([{ variable }]);
    expect(problems[0]!.message.replace('?,', '?')).toContain(message.split(';')[0]!.replace('?,', '?'));
  });

  test.each([
    ['CONTROLLER', 'on', 'takes no flows from a controller'],
    ['DROP_FLOWS_ON_START', 'true', 'has no flows to drop'],
    ['FAIL_MODE', 'standalone', 'always switches by itself'],
    ['PHYS_FAIL_MODE', 'standalone', 'always switches by itself'],
    ['MONITOR', 'on', 'ovs-vswitchd does not run'],
  ])('%s=%s with bridges of the kernel', (variable, value, words) => {
    const { problems } = readSwitchSettings({ DATAPATH: 'bridge', [variable]: value }, WIRES);
    expect(problems).toMatchObject([{ variable, message: expect.stringContaining(words) }]);
    expect(readSwitchSettings({ [variable]: value }, WIRES).problems).toEqual([]);
  });

  test('a trunk without an address, with bridges of the kernel', async () => {
    const drill = drillFile('switch-port-gone');
    await loadDrill(drill);
    await expect(loadDrill(drill, undefined, { variables: { DATAPATH: 'bridge' } })).rejects.toMatchObject({
      problems: expect.arrayContaining([
        expect.objectContaining({
          message: expect.stringContaining("'TRUNK' of switch 'sw1': with DATAPATH=bridge the tunnels"),
          position: expect.objectContaining({ file: expect.stringMatching(/switches\.clab\.yml$/) }),
        }),
      ]),
    });
  });

  test('with its place in the file', async () => {
    await expect(
      loadDrill('l2/agent-kill', undefined, { variables: { POLLING_INTERVAL: 'often' } }),
    ).rejects.toMatchObject({
      problems: [
        {
          message: expect.stringContaining("'POLLING_INTERVAL' of switch 'sw1': expected seconds"),
          position: { file: expect.stringMatching(/l2\.clab\.yml$/), line: expect.any(Number) },
        },
        { message: expect.stringContaining("'POLLING_INTERVAL' of switch 'sw2'") },
      ],
    });
  });
});
