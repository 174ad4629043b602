import { expect, test } from 'vitest';
import { vrrpInstances } from '../../../../harness/systems/vrrp/config/keepalived-instances.ts';
import { abruptTakeoverBound } from '../../../../harness/systems/vrrp/findings/vrrp-bounds.ts';

/** As Neutron 26.0.3 wrote it for its keepalived. */
const CONF = `
global_defs {
    notification_email_from neutron@openstack.local
    router_id neutron
}
vrrp_instance VR_220 {
    state BACKUP
    interface ha-0e66fd19-9c
    virtual_router_id 220
    priority 50
    garp_master_delay 60
    nopreempt
    advert_int 2
    track_interface {
        ha-0e66fd19-9c
    }
    virtual_ipaddress {
        169.254.0.220/24 dev ha-0e66fd19-9c
    }
    virtual_ipaddress_excluded {
        198.18.1.1/24 dev qr-437ecaf5-db no_track
        203.0.113.11/32 dev qg-1b68aeeb-8c no_track
        203.0.113.128/24 dev qg-1b68aeeb-8c no_track
        fe80::f816:3eff:fe18:158a/64 dev qr-437ecaf5-db scope link no_track
    }
    virtual_routes {
        0.0.0.0/0 via 203.0.113.1 dev qg-1b68aeeb-8c no_track protocol static
    }
}`;

test("the file that Neutron writes is followed, and gives VRRP's bound", () => {
  const argv = ['keepalived', '-P', '-f', '/var/lib/neutron/ha_confs/x/keepalived.conf'];
  const read = vrrpInstances({ node: 'network1', keepalived_conf: CONF, keepalived_argv: argv });
  expect(read).toMatchObject({ from: 'file', not_followed: [] });
  const [instance] = read.instances;
  expect(instance).toMatchObject({
    virtual_router_id: 220,
    priority: 50,
    advert_int_ms: 2000,
    nopreempt: true,
  });
  const { version, priority, advert_int_ms: advert_ms } = instance!;
  // 3 x 2 s + (256 - 50) / 256 s, less up to 2 s since the last advertisement.
  expect(abruptTakeoverBound({ version, priority, advert_ms })).toMatchObject({
    low: 4804.6875,
    high: 6804.6875,
  });
});
