import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import { parseKeepalivedConf } from '../../../harness/measure/keepalived-conf.ts';

const parse = (text: string) => parseKeepalivedConf(text, 'keepalived.conf');
const instance = (body: string, head = '') =>
  parse(`${head}\nvrrp_instance A {\n virtual_router_id 5\n${body}\n}`)[0]!;

function problems(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof InputError) return error.message.split('\n');
    throw error;
  }
  return [];
}

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

describe('parseKeepalivedConf', () => {
  it('reads a whole file', () => {
    const [first, second, ...more] = parse(FULL);
    expect(first).toMatchObject({
      name: 'VR_1',
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
    });
    expect(second).toMatchObject({
      name: 'VR_2',
      state: 'BACKUP',
      interface: undefined,
      virtual_router_id: 2,
      priority: 100,
      advert_int_ms: 1000,
      version: 2,
      nopreempt: false,
      down_timer_adverts: 3,
      virtual_ipaddress: [],
      virtual_ipaddress_excluded: [],
    });
    expect(more).toEqual([]);
  });

  it('takes the version from the instance, else from the globals, else from the addresses', () => {
    const globals = 'global_defs {\n vrrp_version 3\n vrrp_down_timer_adverts 5\n}';
    expect(instance('')).toMatchObject({ version: 2, down_timer_adverts: 3 });
    expect(instance('', globals)).toMatchObject({ version: 3, down_timer_adverts: 5 });
    expect(instance('version 2\ndown_timer_adverts 4', globals)).toMatchObject({
      version: 2,
      down_timer_adverts: 4,
    });
    expect(instance('virtual_ipaddress {\n 2001:db8::1/64\n}').version).toBe(3);
    // Globals may follow: keepalived completes the instances at the end.
    expect(parse(`vrrp_instance A {\nvirtual_router_id 1\n}\n${globals}`)[0]?.version).toBe(3);
  });

  it.each([
    [2, '0.3', 1000],
    [2, '1.5', 2000],
    [2, '2.4', 2000],
    [3, '0.014', 10],
    [3, '0.016', 20],
    [3, '.5', 500],
    [3, '40.95', 40_950],
  ])('rounds as keepalived does: v%i, %s s', (version, advert, advert_int_ms) => {
    expect(instance(`version ${version}\nadvert_int ${advert}`).advert_int_ms).toBe(advert_int_ms);
  });

  it('gives a MASTER without a priority 255, and drops a nopreempt that has no effect', () => {
    expect(instance('state MASTER').priority).toBe(255);
    expect(instance('state MASTER\npriority 7\nnopreempt')).toMatchObject({ priority: 7, nopreempt: false });
    expect(instance('priority 255\nnopreempt').nopreempt).toBe(false);
    expect(instance('nopreempt\npreempt').nopreempt).toBe(false);
  });

  it('takes 3 adverts in strict mode, whatever is written', () => {
    const strict = 'global_defs {\n vrrp_strict\n vrrp_down_timer_adverts 5\n}';
    expect(instance('', strict).down_timer_adverts).toBe(3);
    expect(instance('down_timer_adverts 4', strict).down_timer_adverts).toBe(3);
    expect(instance('strict_mode off', strict).down_timer_adverts).toBe(5);
    expect(instance('strict_mode\ndown_timer_adverts 4').down_timer_adverts).toBe(3);
    expect(problems('vrrp_instance A {\nvirtual_router_id 1\nstrict_mode maybe\n}')).toEqual([
      "keepalived.conf:3:13: strict_mode must be true or false, not 'maybe'",
    ]);
  });

  it('lets the last of two count', () => {
    expect(instance('priority 7\npriority 8').priority).toBe(8);
  });

  it('takes quotes off, inside words too', () => {
    expect(parse(`vrrp_instance "a b"'c {' {\nvirtual_router_id "7"\n}`)[0]).toMatchObject({
      name: 'a bc {',
      virtual_router_id: 7,
    });
  });

  it.each([
    ['include conf.d/*', "keepalived.conf:1:1: 'include' is not followed"],
    ['\n  includer /x', "keepalived.conf:2:3: 'include' is not followed"],
    ['$PRIO=5', 'keepalived.conf:1:1: definitions ($NAME=VALUE) are not followed'],
    ['a {\n @main priority 5\n}', 'keepalived.conf:2:2: conditional lines (@ID) are not followed'],
    ['~SEQ(i, 1, 3) x $i', 'keepalived.conf:1:1: sequence blocks'],
    [`a {\n priority \${PRIO}\n}`, `keepalived.conf:2:11: '\${PRIO}' is not followed`],
    ['a {\n priority $PRIO\n}', "keepalived.conf:2:11: '$PRIO' is not followed"],
    ['a {\n b {\n}', "keepalived.conf:1:3: this '{' is never closed"],
    ['a {\n}\n}', "keepalived.conf:3:1: '}' without its '{'"],
    ['{\n}', "keepalived.conf:1:1: '{' without a keyword"],
    ['a "b', 'keepalived.conf:1:3: a string that starts with " must end on the same line'],
    ['vrrp_instance {\nvirtual_router_id 1\n}', 'keepalived.conf:1:1: vrrp_instance needs a name'],
    ['vrrp_instance A {\n}', 'keepalived.conf:1:1: vrrp_instance A needs a virtual_router_id'],
  ])('refuses %j', (text, message) => {
    expect(problems(text)[0]).toContain(message);
  });

  it('lists every value out of range with its place', () => {
    const body =
      'state X\nvirtual_router_id 256\npriority 300\nadvert_int 0.001\nversion 4\ndown_timer_adverts';
    const found = problems(`vrrp_instance A {\n${body}\n}`);
    expect(found.map((line) => line.split(' ')[0]).toSorted()).toEqual(
      [2, 3, 4, 5, 6, 7].map((line) => `keepalived.conf:${line}:${[7, 19, 10, 12, 9, 1][line - 2]}:`),
    );
    expect(found.join()).toContain("priority must be a whole number from 1 to 255, not '300'");
  });

  it('throws nothing but InputError, whatever the text', () => {
    const pieces = fc.constantFrom(
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
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((all) => all.join(' ')),
        ),
        (text) => {
          problems(text);
        },
      ),
      { numRuns: 500 },
    );
    const cut = fc.nat(FULL.length).map((at) => FULL.slice(0, at));
    fc.assert(fc.property(cut, (text) => void problems(text)));
  });
});
