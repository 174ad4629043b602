import { dnsmasqState } from '../lab/plain-dnsmasq.ts';
import type { Audit } from './audit.ts';

const TROUBLE = {
  none: (node: string) => `no dnsmasq runs on ${node}, where one served before the fault`,
  stopped: (node: string) => `the dnsmasq of ${node} is stopped`,
  'no-socket': (node: string) =>
    `the dnsmasq of ${node} runs and does not listen for DHCP clients (UDP port 67)`,
};

/** Every plain dnsmasq that ran before the fault runs again and listens for clients. */
export const dhcpServers: Audit = {
  name: 'dhcp-servers',
  rests_on_before: true,
  run: async ({ lab, before }) => {
    const names = [...before.dnsmasq];
    if (names.length === 0) return [];
    const problems = await Promise.all(
      names.map(async (name) => {
        const state = await dnsmasqState(lab, lab.node(name));
        return state === 'runs' ? [] : [TROUBLE[state](name)];
      }),
    );
    const found = problems.flat();
    const detail =
      found.length > 0 ? found.join(', ') : `dnsmasq serves on ${names.join(' and ')}, as before the fault`;
    return [{ name: 'dhcp-servers', verdict: found.length > 0 ? 'fail' : 'pass', detail }];
  },
};
