import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepalivedConfs } from '../../../../support/keepalived-confs.ts';
import { instance, one, read, said } from './keepalived-read.ts';

const FULL = `
! A pair as a virtual router of OpenStack Neutron has it
global_defs {
    router_id r1   # trailing
    notification_email {
        root@localhost
    }
    enable_script_security
}
vrrp_script "check it" {
    script "/bin/sh -c 'test \\"$x\\" != { # ! }'"
    interval 2
}
vrrp_instance VR_1
{
    state BACKUP
    interface ha0
    virtual_router_id 1
    priority 50
    garp_master_delay 60
    nopreempt
    advert_int 2
    track_interface { ha0 }
    virtual_ipaddress {
        169.254.0.1/24 dev ha0
    }
    virtual_ipaddress_excluded {
        203.0.113.5/24 dev ex0   ! the outside
        198.18.0.1/24 dev in0
    }
    virtual_routes {
        0.0.0.0/0 via 203.0.113.1 dev ex0
    }
}
vrrp_instance VR_2 { virtual_router_id 2 }
`;

describe('readKeepalivedConf', () => {
  it('reads a whole file', () => {
    const { instances, not_followed, ignored } = read(FULL);
    expect({ not_followed, ignored }).toEqual({ not_followed: [], ignored: [] });
    expect(instances).toHaveLength(2);
    expect(instances[0]).toMatchObject({
      name: 'VR_1',
      family: 4,
      state: 'BACKUP',
      interface: 'ha0',
      virtual_router_id: 1,
      priority: 50,
      advert_int_ms: 2000,
      version: 2,
      nopreempt: true,
      down_timer_adverts: 3,
      virtual_ipaddress: ['169.254.0.1/24'],
      virtual_ipaddress_excluded: ['203.0.113.5/24', '198.18.0.1/24'],
      // Its own, and those of its addresses and routes: without one of them it is in FAULT.
      tracks: ['ha0', 'ex0', 'in0'].map((name) => ({ kind: 'interface', name, weight: 0, reverse: false })),
    });
    expect(instances[1]).toMatchObject({ name: 'VR_2', priority: 100, advert_int_ms: 1000, version: 2 });
  });

  it('takes the version from the instance, else from the globals, else from the family', () => {
    const globals = 'global_defs {\n vrrp_version 3\n vrrp_down_timer_adverts 5\n}';
    expect(instance('')).toMatchObject({ version: 2, down_timer_adverts: 3 });
    expect(instance('', globals)).toMatchObject({ version: 3, down_timer_adverts: 5 });
    expect(instance('version 2\ndown_timer_adverts 4', globals)).toMatchObject({
      version: 2,
      down_timer_adverts: 4,
    });
    // keepalived's parent reads the globals before its VRRP process reads the rest.
    expect(instance('', '', globals)).toMatchObject({ version: 3, down_timer_adverts: 5 });
    expect(read('vrrp_instance A {\nvirtual_ipaddress {\n 2001:DB8::1/64\n}\n}').instances[0]).toMatchObject({
      version: 3,
      family: 6,
      virtual_ipaddress: ['2001:db8::1/64'],
    });
  });

  it.each([
    [2, '0.3', 1000],
    [2, '1.5', 2000],
    [2, '2.4', 2000],
    [2, '254.7', 255_000],
    [3, '0.014', 10],
    [3, '0.016', 20],
    [3, '.5', 500],
    [3, '40.95', 40_950],
    [3, '60', 40_950],
    // Taken for nothing: 1 s.
    [2, '300', 1000],
    [3, '2s', 1000],
    [3, '-1', 1000],
    [3, '0.001', 1000],
  ])('rounds and limits as keepalived does: v%i, %s s', (version, advert, advert_int_ms) => {
    expect(instance(`version ${version}\nadvert_int ${advert}`).advert_int_ms).toBe(advert_int_ms);
  });

  it.each([
    [
      'state EQUAL',
      { state: 'BACKUP' },
      "k.conf:5:7 state 'EQUAL' is neither MASTER nor BACKUP: keepalived takes BACKUP",
    ],
    [
      'state master',
      { state: 'BACKUP' },
      "k.conf:5:7 state 'master' is neither MASTER nor BACKUP: keepalived takes BACKUP",
    ],
    [
      'state MASTER\nstate BACKUP\npriority 7',
      { state: 'MASTER' },
      'k.conf:6:7 state was MASTER before: keepalived leaves BACKUP out',
    ],
    [
      'priority 256',
      { priority: 100 },
      "k.conf:5:10 priority '256' is not a whole number from 1 to 255: keepalived takes 100",
    ],
    [
      'priority 0x64',
      { priority: 100 },
      "k.conf:5:10 priority '0x64' is not a whole number from 1 to 255: keepalived takes 100",
    ],
    [
      'pirority 7',
      { priority: 100 },
      "k.conf:5:1 keepalived does not know 'pirority' here and leaves it out (did you mean 'priority'?)",
    ],
    ['version 3\nversion 2', { version: 3 }, 'k.conf:6:9 version 2: keepalived leaves it out'],
    [
      'track_script {\nchk\n}',
      {},
      "k.conf:6:1 track_script: 'chk' is not defined before: keepalived leaves it out",
    ],
    ['unicast_peer {\nr2\n}', {}, "k.conf:6:1 'r2' is not an address: keepalived leaves it out"],
  ])('goes on as keepalived does, and says so: %j', (body, what, message) => {
    const { instances, ignored, not_followed } = one(body);
    expect(instances[0]).toMatchObject(what);
    expect(said(ignored)).toEqual([message]);
    expect(not_followed).toEqual([]);
  });

  it('gives a MASTER without a priority 255, and drops a nopreempt that has no effect', () => {
    expect(instance('state MASTER').priority).toBe(255);
    expect(instance('state MASTER\npriority 7\nnopreempt')).toMatchObject({ priority: 7, nopreempt: false });
    expect(instance('priority 255\nnopreempt')).toMatchObject({ nopreempt: false, state: 'MASTER' });
    expect(instance('nopreempt\npreempt').nopreempt).toBe(false);
    expect(instance('preempt_delay 2.5').preempt_delay_ms).toBe(2500);
    expect(instance('preempt_delay 2.5\nnopreempt').preempt_delay_ms).toBe(0);
  });

  it('takes 3 adverts in strict mode, whatever is written', () => {
    const strict = 'global_defs {\n vrrp_strict\n vrrp_down_timer_adverts 5\n}';
    expect(instance('', strict).down_timer_adverts).toBe(3);
    expect(instance('strict_mode off', strict).down_timer_adverts).toBe(5);
    expect(instance('strict_mode\ndown_timer_adverts 4').down_timer_adverts).toBe(3);
  });

  it('knows comments and quotes', () => {
    const body = 'authentication {\nauth_type PASS\nauth_pass s3cr#t!\n} # }\n! {\npriority "7" # 8';
    expect(instance(body)).toMatchObject({ priority: 7, authentication: 'PASS' });
    expect(instance('priority \\#7').priority).toBe(100);
    expect(read('vrrp_instance "a { b" {\nvirtual_router_id 7\n}').instances[0]).toMatchObject({
      name: 'a { b',
    });
    // A quote without its partner takes the rest of its line.
    expect(instance('priority "7').priority).toBe(100);
  });

  it('reads the block of what it does not know as keepalived does: as part of the block around it', () => {
    const { instances, ignored } = one('nonsense {\npriority 9\n}\npriority 8');
    expect(instances[0]).toMatchObject({ priority: 9, virtual_ipaddress: [] });
    expect(said(ignored)[0]).toBe("k.conf:5:1 keepalived does not know 'nonsense' here and leaves it out");
    expect(said(read('}}}\nvrrp_instance A { interface in }').ignored)).toEqual(
      [1, 2, 3].map((column) => `k.conf:1:${column} '}' without its '{'`),
    );
  });

  it.each([
    [
      'vrrp_instance A {\ninterface in\n}',
      'k.conf:1:15 vrrp_instance A has no virtual_router_id: keepalived ends',
    ],
    [
      'vrrp_instance A {\nvirtual_router_id 1\n}',
      'k.conf:1:15 vrrp_instance A has no interface: keepalived ends',
    ],
    [
      'vrrp_instance A {\nvirtual_router_id 1\ninterface in\nversion 3\n}',
      'k.conf:1:15 vrrp_instance A has no virtual_ipaddress: keepalived ends',
    ],
    [
      'vrrp_instance A {\nvirtual_router_id 1\ninterface in\npriority\n}',
      'k.conf:4:1 priority has no value: keepalived ends',
    ],
  ])('knows what ends keepalived: %j', (text, message) => {
    expect(said(read(text).refused)).toEqual([message]);
  });

  it('reads scripts, and what a sync group makes of weights', () => {
    const script = 'vrrp_script chk {\nscript "/usr/bin/pidof haproxy"\ninterval 2\nweight 20\nfall 3\n}';
    const track = 'track_script {\nchk\n}\ntrack_interface {\nout\n}';
    expect(instance(track, script).tracks).toMatchObject([
      {
        ...{ kind: 'script', name: 'chk', command: '/usr/bin/pidof haproxy', weight: 20, interval_ms: 2000 },
        ...{ timeout_ms: 2000, rise: 1, fall: 3 },
      },
      { kind: 'interface', name: 'out' },
      { kind: 'interface', name: 'in' },
    ]);
    const group = 'vrrp_sync_group G {\ngroup {\nA B\n}\ntrack_script {\nchk weight 0\n}\n}';
    const grouped = one(track, `${script}\n${group}`);
    expect(grouped.instances[0]).toMatchObject({ sync_group: 'G' });
    expect(grouped.instances[0]!.tracks.map(({ name, weight }) => `${name} ${weight}`)).toEqual([
      'out 0',
      'in 0',
      'chk 0',
    ]);
  });

  it('throws nothing, whatever the text', { timeout: 30_000 }, () => {
    const pieces = fc.constantFrom(
      ...[
        'vrrp_instance',
        'global_defs',
        'priority',
        ' A ',
        '{',
        '}',
        '\n',
        '"',
        "'",
        '${',
        '#',
        '\\',
        '5',
        '$A=',
        '$A',
      ],
      ...['~SEQ(', '~LST(', '@x ', 'include ', 'track_script', ')', ','],
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces).map((all) => all.join('')),
      keepalivedConfs.chain((text) => fc.nat(text.length).map((at) => text.slice(0, at))),
    );
    fc.assert(
      fc.property(texts, (text) => void read(text, 'x')),
      { numRuns: 400 },
    );
  });

  it('takes no long time for large files', { timeout: 30_000 }, () => {
    // A reader whose time grows by the square would not come back within the test's deadline.
    read(`\${`.repeat(50_000));
    read('$A=1\n'.repeat(1000) + '$A '.repeat(20_000));
    read('unknown {\n'.repeat(10_000));
    read('~SEQ(A, 1, 1000000000) x');
  });
});
