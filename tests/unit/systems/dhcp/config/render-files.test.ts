import { describe, expect, test } from 'vitest';
import { parseDnsmasqConf } from '../../../../../harness/systems/dhcp/config/dnsmasq-conf.ts';
import type {
  DhcpAgent,
  Network,
  NetworkSettings,
} from '../../../../../harness/systems/dhcp/config/networks.ts';
import {
  boundPlaceFiles,
  DNSMASQ_CONF,
  UNBOUND_PLACE_FILES,
} from '../../../../../harness/systems/dhcp/config/render-files.ts';
import { dnsmasqLeaseTimers } from '../../../../support/dnsmasq-lease-timers.ts';

const STATE = '/var/lib/neutron/dhcp';
const settings: NetworkSettings = {
  dhcp_agents_per_network: 2,
  allow_automatic_dhcp_failover: false,
  agent_down_ms: 6000,
  report_interval_ms: 2000,
  lease_s: 120,
  t1_s: 10,
  t2_s: 20,
  initial_leases: true,
  authoritative: false,
  leasefile_ro: false,
  log: true,
};
const network: Network = {
  name: 'net1',
  subnet: '198.18.16.0/21',
  gateway: '198.18.16.1',
  ports: [
    { name: 'a', mac: '02:16:00:00:00:01', address: '198.18.16.11', in_range: false },
    { name: 'range-0', mac: '02:16:10:00:00:00', address: '198.18.17.0', in_range: true },
  ],
};
const agents = ['node1', 'node2'].map(
  (host, index): DhcpAgent => ({
    node: `dhcp1-${host}`,
    host,
    network: 'net1',
    interface: 'net1',
    address: `198.18.16.${index + 2}`,
  }),
);

function render(changes: Partial<NetworkSettings> = {}, of: Network = network) {
  return boundPlaceFiles(of, of.ports, agents, agents[0]!, { ...settings, ...changes });
}

describe('the files of a bound place', () => {
  test('dnsmasq.conf', () => {
    expect(render().files[DNSMASQ_CONF]).toBe(`no-hosts
no-resolv
local-service
bind-dynamic
interface=net1
domain=openstacklocal
user=root
log-facility=-
dhcp-range=set:subnet-net1,198.18.16.0,static,255.255.248.0,120s
dhcp-lease-max=2048
dhcp-hostsfile=${STATE}/host
dhcp-optsfile=${STATE}/opts
addn-hosts=${STATE}/addn_hosts
dhcp-leasefile=${STATE}/leases
dhcp-option-force=option:T1,10s
dhcp-option-force=option:T2,20s
`);
  });

  test('hosts, options, names and initial leases: a line a port', () => {
    const { files, remove } = render();
    expect(files[`${STATE}/host`]).toBe(
      '02:16:00:00:00:01,host-198-18-16-11.openstacklocal,198.18.16.11\n' +
        '02:16:10:00:00:00,host-198-18-17-0.openstacklocal,198.18.17.0\n',
    );
    expect(files[`${STATE}/opts`]).toBe(
      'tag:subnet-net1,option:router,198.18.16.1\ntag:subnet-net1,option:dns-server\n',
    );
    expect(files[`${STATE}/addn_hosts`]?.split('\n')).toEqual([
      '198.18.16.2\thost-198-18-16-2.openstacklocal host-198-18-16-2',
      '198.18.16.3\thost-198-18-16-3.openstacklocal host-198-18-16-3',
      '198.18.16.11\thost-198-18-16-11.openstacklocal host-198-18-16-11',
      '198.18.17.0\thost-198-18-17-0.openstacklocal host-198-18-17-0',
      '',
    ]);
    expect(files[`${STATE}/initial_leases`]).toBe(
      '0 02:16:00:00:00:01 198.18.16.11 * *\n0 02:16:10:00:00:00 198.18.17.0 * *\n',
    );
    expect(remove).toEqual([]);
  });

  test('without a gateway no router is given out, not even dnsmasq itself', () => {
    const { files } = render({}, { ...network, gateway: undefined });
    expect(files[`${STATE}/opts`]).toMatch(/^tag:subnet-net1,option:router$/m);
  });

  test('without initial leases the file of them goes', () => {
    const { files, remove } = render({ initial_leases: false });
    expect(Object.keys(files)).not.toContain(`${STATE}/initial_leases`);
    expect(remove).toEqual([`${STATE}/initial_leases`]);
  });

  test('the controls and the log are switched', () => {
    const conf = render({ authoritative: true, leasefile_ro: true, log: false }).files[DNSMASQ_CONF]!;
    expect(parseDnsmasqConf(conf, 'x')).toMatchObject({ authoritative: true, leasefile_ro: true });
    expect(conf).toMatch(/^quiet-dhcp$/m);
    expect(render().files[DNSMASQ_CONF]).not.toMatch(/^quiet-dhcp$/m);
  });

  test.each([
    [
      { lease_s: 120, t1_s: 10, t2_s: 20 },
      { lease_ms: 120_000, t1_ms: 10_000, t2_ms: 20_000 },
    ],
    [
      { lease_s: 600, t1_s: undefined, t2_s: 400 },
      { lease_ms: 600_000, t1_ms: 300_000, t2_ms: 400_000 },
    ],
    [
      { lease_s: 86_400, t1_s: undefined, t2_s: undefined },
      { lease_ms: 86_400_000, t1_ms: 43_200_000, t2_ms: 75_600_000 },
    ],
  ])('%o: what reads dnsmasq.conf finds the same times', (changes, timers) => {
    const conf = parseDnsmasqConf(render(changes).files[DNSMASQ_CONF]!, 'dnsmasq.conf');
    expect(conf).toMatchObject({ authoritative: false, leasefile_ro: false });
    expect(conf.ranges).toMatchObject([{ start: '198.18.16.0', mode: 'static', sets: 'subnet-net1' }]);
    expect(dnsmasqLeaseTimers(conf, conf.ranges[0]!)).toEqual(timers);
  });

  test('an unbound place has none of them', () => {
    expect(new Set(UNBOUND_PLACE_FILES.remove)).toEqual(new Set(Object.keys(render().files)));
    expect(UNBOUND_PLACE_FILES.files).toEqual({});
  });
});
