import { describe, expect, it } from 'vitest';
import { read, said } from './keepalived-read.ts';

// What keepalived 2.3.3 does with each was seen in a node.
describe('an instance of IPv6', () => {
  const six = (addresses: string, more = '', head = '') =>
    read(
      `${head}\nvrrp_instance A {\ninterface in\nvirtual_router_id 5\n${more}\nvirtual_ipaddress {\n${addresses}\n}\n}`,
    );

  it('begins with a link-local address, or keepalived says so and goes on', () => {
    expect(six('fe80::5/64\n2001:db8::1/64').ignored).toEqual([]);
    for (const head of ['', 'global_defs { vrrp_strict }']) {
      const { instances, ignored, refused } = six('2001:db8::1/64\nfe80::5/64', '', head);
      expect(instances[0]).toMatchObject({
        version: 3,
        virtual_ipaddress: ['2001:db8::1/64', 'fe80::5/64'],
      });
      expect(said(ignored)).toEqual([
        expect.stringMatching(
          /^k.conf:7:1 '2001:db8::1\/64' is the first address of an instance of IPv6, .* write one such as fe80::1\/64 before it/,
        ),
      ]);
      expect(refused).toEqual([]);
    }
    // With unicast peers there is no such rule.
    expect(six('2001:db8::1/64', 'unicast_peer {\n2001:db8::9\n}').ignored).toEqual([]);
  });

  it.each([
    [
      '198.18.7.1/24\nfe80::5/64',
      4,
      ['198.18.7.1/24'],
      "'fe80::5/64' is IPv6, and .* one of IPv4: keepalived leaves it out; give IPv6 a vrrp_instance of its own",
    ],
    ['fe80::5/64\n198.18.7.1/24', 6, ['fe80::5/64'], "'198.18.7.1/24' is IPv4, and .* one of IPv6"],
    [
      'fe80::5/64\n2001:db8::zz/64',
      6,
      ['fe80::5/64'],
      "'2001:db8::zz/64' is not an address: keepalived leaves it out",
    ],
    ['fe80::5/64\n[2001:db8::2]/64', 6, ['fe80::5/64'], "'\\[2001:db8::2\\]/64' is not an address"],
    ['fe80::5/64\n2001:db8::3%ha/64', 6, ['fe80::5/64'], "'2001:db8::3%ha/64' is not an address"],
    [
      'fe80::5/64\n2001:db8::1/129',
      6,
      ['fe80::5/64', '2001:db8::1/128'],
      "'2001:db8::1/129' has no prefix length from 0 to 128: keepalived takes 128",
    ],
  ])('leaves out what is not of its family, and says what to do: %j', (addresses, family, left, message) => {
    const { instances, ignored } = six(addresses);
    expect(instances[0]).toMatchObject({ family, virtual_ipaddress: left });
    expect(said(ignored)).toEqual([expect.stringMatching(`^k.conf:8:1 ${message}`)]);
  });

  it('takes excluded addresses of both families', () => {
    const more = 'virtual_ipaddress_excluded {\n198.18.7.1/24\n2001:db8::1/64\n}';
    const { instances, ignored } = six('fe80::5/64', more);
    expect(instances[0]!.virtual_ipaddress_excluded).toEqual(['198.18.7.1/24', '2001:db8::1/64']);
    expect(ignored).toEqual([]);
  });

  it('runs VRRPv3, and VRRPv2 where it is told so itself', () => {
    expect(six('fe80::5/64', '', 'global_defs { vrrp_version 2 }').instances[0]!.version).toBe(3);
    expect(six('fe80::5/64', 'version 2').instances[0]!.version).toBe(2);
  });

  it('may have the VRID of one of IPv4, and not of another one of IPv6 on its link', () => {
    const all = (family_4: string, family_6: string, more = '') =>
      ['198.18.7.1/24', family_4, 'fe80::5/64', family_6]
        .flatMap((address, at) =>
          address === ''
            ? []
            : [
                `vrrp_instance I${at} {\ninterface in\n${more}\nvirtual_router_id 5\nvirtual_ipaddress {\n${address}\n}\n}`,
              ],
        )
        .join('\n');
    expect(read(all('', '')).refused).toEqual([]);
    expect(said(read(all('', 'fe80::6/64')).refused)).toEqual([
      'k.conf:17:15 vrrp_instance I3 uses VRID 5 with IPv6 on interface in as vrrp_instance I2 does: keepalived ends',
    ]);
    expect(said(read(all('198.18.7.2/24', '')).refused)).toEqual([
      'k.conf:9:15 vrrp_instance I1 uses VRID 5 with IPv4 on interface in as vrrp_instance I0 does: keepalived ends',
    ]);
    // With unicast peers the other end is told apart by its address.
    const alone = read(
      all('', 'fe80::6/64', 'unicast_src_ip fe80::9').replace('198.18.7.1/24', 'fe80::4/64'),
    );
    expect(alone.refused).toEqual([]);
  });
});
