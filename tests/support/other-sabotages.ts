import { atBoot, gone, RETURNING, type Sabotage } from './sabotage.ts';

/** What can be wrong with DHCP servers, balancers and the metadata path. */
export const OTHER_SABOTAGES: Readonly<Record<string, Sabotage>> = {
  'a DHCP server that does not come back with its node': {
    topology: 'dhcp',
    drill: 'node-crash',
    how: (copy) => atBoot(copy, 'dhcp', gone('/usr/sbin/dnsmasq', RETURNING)),
    ends: ['fail'],
    why: /dhcp-agents: network 'net1': no dnsmasq runs on dhcp1-node1/,
  },
  'a balancer that comes back without HAProxy': {
    topology: 'lb',
    drill: 'node-crash',
    how: (copy) => atBoot(copy, 'lb', gone('/usr/sbin/haproxy', RETURNING)),
    ends: ['fail'],
    why: /cluster-standby: .*could not start 'haproxy' on lb[12]: HAProxy is not installed/,
  },
  'a balancer that comes back with an haproxy.cfg that HAProxy refuses': {
    topology: 'lb',
    drill: 'node-crash',
    how: (copy) => atBoot(copy, 'lb', `if ${RETURNING}; then echo nonsense >> /etc/haproxy/haproxy.cfg; fi`),
    ends: ['fail'],
    why: /cluster-standby: .*could not start 'haproxy' on lb[12]: HAProxy would not take/,
  },
  'a balancer that comes back without Pacemaker': {
    topology: 'lb',
    drill: 'node-crash',
    how: (copy) => atBoot(copy, 'lb', gone('/usr/sbin/pacemakerd', RETURNING)),
    ends: ['fail'],
    why: /cluster-clean: /,
  },
  'a balancer that comes back without corosync': {
    topology: 'lb',
    drill: 'node-crash',
    how: (copy) => atBoot(copy, 'lb', gone('/usr/sbin/corosync', RETURNING)),
    ends: ['fail'],
    why: /cluster-clean: /,
  },
  'a balancer whose corosync never ran': {
    topology: 'lb',
    drill: 'node-crash',
    how: (copy) => atBoot(copy, 'lb', gone('/usr/sbin/corosync', '[ $node = lb2 ]')),
    ends: ['unknown'],
    why: /lb2/,
  },
  'a metadata agent that has another secret than Nova, on the node that takes over': {
    topology: 'metadata',
    drill: 'node-crash',
    how: (copy) =>
      copy.edit(
        'metadata.clab.yml',
        '        ROUTER2_PRIORITY: "100"\n',
        '        ROUTER2_PRIORITY: "100"\n        METADATA_SECRET: "of-another-time"\n',
      ),
    ends: ['fail'],
    why: /vm1|vm2/,
  },
  'a network node that comes back without keepalived': {
    topology: 'metadata',
    drill: 'node-crash',
    how: (copy) => atBoot(copy, 'metadata', gone('/usr/sbin/keepalived', RETURNING)),
    ends: ['fail'],
    why: /vrrp-redundancy: .*came back without keepalived: no node could take over 198\.18\.1\.1/,
  },
};
