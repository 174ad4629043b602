import { describe, expect, it } from 'vitest';
import { vrrpInstances } from '../../../../../harness/systems/vrrp/config/keepalived-instances.ts';
import { instanceOf } from '../../../../../harness/systems/vrrp/config/vrrp-instance.ts';

const one = (name: string, vrid: number, vip: string) =>
  `vrrp_instance ${name} {\n interface in\n virtual_router_id ${vrid}\n virtual_ipaddress {\n ${vip} dev in\n }\n}\n`;
const read = (text: string) => vrrpInstances({ node: 'r1', keepalived_conf: text }).instances;

describe('instanceOf', () => {
  const instances = read(
    one('GW6', 61, '2001:db8:61::1/64') + one('GW', 61, '198.18.1.1/24') + one('X', 7, '198.18.7.1'),
  );

  it('takes the instance that carries the address, not the first with the VRID', () => {
    expect(instanceOf(instances, { vrid: 61, vip: '198.18.1.1' }).instance?.name).toBe('GW');
    expect(instanceOf(instances, { vrid: 61, vip: '2001:0db8:61:0::1' }).instance?.name).toBe('GW6');
  });

  it('says why there is none', () => {
    expect(instanceOf(instances, { vrid: 61, vip: '198.18.1.9' }).why).toBe(
      'has no instance with VRID 61 that carries 198.18.1.9 (with this VRID: GW6, GW)',
    );
    expect(instanceOf(instances, { vrid: 62, vip: '198.18.1.1' }).why).toBe(
      'has no instance with VRID 62: 198.18.1.1 is in instance GW with VRID 61',
    );
    expect(instanceOf(instances, { vrid: 9, vip: '198.18.1.9' }).why).toBe('has no instance with VRID 9');
    expect(instanceOf([...instances, ...instances], { vrid: 61, vip: '198.18.1.1' }).why).toBe(
      'has 2 instances with VRID 61 and 198.18.1.1',
    );
  });
});

describe('vrrpInstances', () => {
  it('names what can not be followed, and never throws', () => {
    expect(vrrpInstances({ node: 'r1', keepalived_conf: 'include other.conf' })).toMatchObject({
      instances: [],
      from: 'file',
      not_followed: ['`include` at r1:keepalived.conf:1 is not followed'],
    });
    expect(vrrpInstances({ node: 'r1' }).not_followed).toEqual(["r1's keepalived.conf could not be read"]);
  });

  it("takes the daemon's word before the file's, and the initial state from the file", () => {
    const keepalived_dump = `------< Global definitions >------
------< VRRP Topology >------
 VRRP Instance = GW
   VRRP Version = 2
   State = BACKUP
   Virtual Router ID = 61
   Priority = 100
   Effective priority = 150
   Advert interval = 1 sec
   Virtual IP (1):
     198.18.1.1/24 dev in scope global
`;
    const keepalived_conf = `${one('GW', 61, '198.18.1.1/24')}`.replace(
      'interface',
      'state MASTER\ninterface',
    );
    const found = vrrpInstances({ node: 'r1', keepalived_conf, keepalived_dump });
    expect(found).toMatchObject({ from: 'dump', not_followed: [] });
    expect(found.instances[0]).toMatchObject({ priority: 100, effective_priority: 150, state: 'MASTER' });
  });
});
