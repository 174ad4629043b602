import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseKeepalivedDump } from '../../../../../harness/systems/vrrp/config/keepalived-dump.ts';

/** Written by keepalived 2.3.3, which ran with tracks.conf beside it. */
const DUMP = readFileSync(new URL('../../../../fixtures/keepalived/tracks.data', import.meta.url), 'utf8');

describe('parseKeepalivedDump', () => {
  const { instances, not_followed } = parseKeepalivedDump(DUMP, 'r1');

  it('finds every instance', () => {
    expect(instances.map(({ name, family }) => `${name} ${family}`)).toEqual(['A b 4', 'C 4', 'D 6']);
    expect(not_followed).toEqual([]);
  });

  it('reads what an instance runs with', () => {
    expect(instances[0]).toMatchObject({
      state: undefined,
      running_state: 'BACKUP',
      priority: 100,
      effective_priority: 75,
      interface: 'eth1',
      virtual_router_id: 5,
      advert_int_ms: 2000,
      version: 2,
      nopreempt: false,
      preempt_delay_ms: 0,
      down_timer_adverts: 3,
      authentication: 'PASS',
      virtual_ipaddress: ['203.0.113.10/24', '203.0.113.11/32'],
      virtual_ipaddress_excluded: ['2001:db8::9/64'],
    });
    // It hears no master yet.
    expect(instances[0]).not.toHaveProperty('master_priority');
    expect(instances[1]).toMatchObject({
      advert_int_ms: 500,
      version: 3,
      preempt_delay_ms: 2500,
      unicast_peers: ['203.0.113.9', '203.0.113.8'],
      sync_group: 'G',
      authentication: 'none',
    });
    expect(instances[2]).toMatchObject({
      nopreempt: true,
      virtual_ipaddress: ['fe80::61/64', '2001:db8::8/128'],
    });
  });

  it('reads what it tracks, with the weights that are in effect', () => {
    expect(instances[0]!.tracks).toEqual([
      {
        kind: 'script',
        name: 'chk',
        weight: 20,
        reverse: false,
        up: false,
        command: "'/usr/bin/test' '-e' '/tmp/good'",
        interval_ms: 2000,
        timeout_ms: 3000,
        rise: 2,
        fall: 3,
      },
      expect.objectContaining({ kind: 'script', name: 'chk2', weight: -5, reverse: true, timeout_ms: 500 }),
      {
        kind: 'process',
        name: 'hap',
        weight: -30,
        reverse: false,
        up: false,
        process: 'haproxy -f x',
        quorum: 1,
        quorum_max: undefined,
        fork_delay_ms: 1000,
        terminate_delay_ms: 2000,
      },
      { kind: 'file', name: 'tf', weight: 1, reverse: false, file: '/tmp/tf' },
      { kind: 'interface', name: 'eth1', weight: 0, reverse: false, up: true },
      // An address on it: without it the instance is in FAULT, whatever track_interface says.
      { kind: 'interface', name: 'eth0', weight: 0, reverse: false, up: true },
    ]);
    // Its sync group's, and its own interface; the last one does not track its own.
    expect(instances[1]!.tracks.map(({ name }) => name)).toEqual(['chk2', 'eth1', 'eth0']);
    expect(instances[2]!.tracks.map(({ name }) => name)).toEqual(['chk2', 'eth0']);
  });

  it('reads a master that is heard, and a VMAC', () => {
    const text = DUMP.replace('Master priority = 0', 'Master priority = 150')
      .replace(
        '   Interface = eth1',
        '   Use VMAC, i/f name vrrp.5, is_up = true\n   Interface = vrrp.5, vmac on eth1',
      )
      .replace('   Master priority', '   Master advert interval = 300 milli-sec\n   Master priority');
    expect(parseKeepalivedDump(text, 'r1').instances[0]).toMatchObject({
      master_priority: 150,
      master_advert_int_ms: 300,
      interface: 'eth1',
      use_vmac: true,
    });
  });

  it('reads the dumps of two daemons', () => {
    expect(parseKeepalivedDump(DUMP + DUMP, 'r1').instances).toEqual([...instances, ...instances]);
  });

  it('names what an instance lacks', () => {
    const text = DUMP.replace('   Advert interval = 2 sec\n', '');
    expect(parseKeepalivedDump(text, 'r1')).toEqual({
      instances: instances.slice(1),
      not_followed: ["r1's daemon says nothing of 'Advert interval' of instance A b"],
    });
  });

  it('takes any text', () => {
    for (const text of [
      '',
      'x',
      '------< VRRP Topology >------',
      DUMP.slice(0, 5000),
      DUMP.replaceAll(' ', ''),
    ]) {
      expect(() => parseKeepalivedDump(text, 'r1')).not.toThrow();
    }
  });
});
