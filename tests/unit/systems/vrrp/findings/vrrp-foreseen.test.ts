import { describe, expect, it } from 'vitest';
import { readKeepalivedConf } from '../../../../../harness/systems/vrrp/config/keepalived-conf.ts';
import { foreseenTakeover } from '../../../../../harness/systems/vrrp/findings/vrrp-foreseen.ts';

const member = (node: string, priority: number, advert_int: number, version: 2 | 3) => ({
  node,
  instance: readKeepalivedConf({
    text: `vrrp_instance r {
      version ${version}
      interface eth1
      virtual_router_id 1
      priority ${priority}
      advert_int ${advert_int}
      virtual_ipaddress {
        198.18.1.1/24
      }
    }`,
    file: 'x',
  }).instances[0]!,
});

describe('what a takeover may take, by the files', () => {
  it('is the bound of the timers where all members have the same', () => {
    const found = foreseenTakeover([member('r1', 50, 1, 3), member('r2', 50, 1, 3)], 'abrupt');
    expect(found).toEqual({
      takeover: { low: 2804.6875, high: 3804.6875, from: 'VRRPv3: 3 x 1 s + 0.805 s - 1 s' },
      detection: {
        low: 3804.6875,
        high: 3814.6875,
        from: 'VRRPv3: 3 x 1 s + 0.805 s, + up to 0.01 s (its clock)',
      },
    });
  });

  it('reaches over all who may take over, and names them', () => {
    const found = foreseenTakeover([member('r1', 156, 1, 2), member('r2', 56, 1, 2)], 'graceful');
    expect(found).toMatchObject({
      takeover: {
        low: 390.625,
        high: 781.25,
        from: expect.stringMatching(/skew 0\.391 s \(r1 takes over\), or .*0\.781 s \(r2 takes over\)$/),
      },
    });
  });

  it('a v3 backup keeps the interval of its master (RFC 5798 §6.4.2)', () => {
    // Either: 3 x 3 s + 106/256 x 3 s of r1 after r2, 3 x 1 s + 156/256 s of r2 after r1.
    const found = foreseenTakeover([member('r1', 150, 1, 3), member('r2', 100, 3, 3)], 'abrupt');
    expect(found).toMatchObject({ takeover: { low: 2609.375, high: 10_242.1875 } });
  });

  it('has no answer for one member, or for intervals that VRRPv2 does not take', () => {
    expect(foreseenTakeover([member('r1', 50, 1, 3)], 'abrupt')).toMatch(/nobody can take over/);
    expect(foreseenTakeover([member('r1', 50, 1, 2), member('r2', 50, 2, 2)], 'abrupt')).toMatch(
      /^r1 and r2 advertise at different intervals/,
    );
  });
});
