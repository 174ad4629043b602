import type { LiveSystem } from '../../live-system.ts';
import type { Networks } from '../config/networks.ts';
import { dhcp } from '../dhcp.ts';
import { DNSMASQ_NEWS } from './bad-news.ts';
import { dhcpAgents } from './dhcp-agents.ts';
import { dhcpServers } from './dhcp-servers.ts';
import { NeutronServer } from './neutron-server.ts';
import { checkPlainDnsmasqs } from './plain-dnsmasq.ts';
import { server } from './server-role.ts';
import { ServersWatch } from './servers-watch.ts';

export const dhcpLive: LiveSystem<Networks | undefined> = {
  system: dhcp,
  daemons: {
    dnsmasq: ['dnsmasq', '--version'],
    dhclient: ['dhclient', '--version'],
    dhcpcd: ['dhcpcd', '--version'],
  },
  bad_news: DNSMASQ_NEWS,
  roles: { server },
  moves: (lab, { name }) => NeutronServer.of(lab)?.places.some(({ node }) => node === name) ?? false,
  audits: [dhcpAgents, dhcpServers],
  attach: (lab, networks) => {
    if (networks) NeutronServer.create(lab, networks);
  },
  check: async (lab) => {
    await checkPlainDnsmasqs(lab);
  },
  watch: (trial) => new ServersWatch(trial),
};
