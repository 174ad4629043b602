import { messageOf } from '../../../ground/errors.ts';
import type { Lab } from '../../../lab/lab.ts';
import type { Audit } from '../../audit.ts';
import { ranOn } from '../../ran-before.ts';
import { dnsmasqState, plainServers } from './plain-dnsmasq.ts';

const TROUBLE = {
  none: (node: string) => `no dnsmasq runs on ${node}, where one served before the fault`,
  stopped: (node: string) => `the dnsmasq of ${node} is stopped`,
  'no-socket': (node: string) =>
    `the dnsmasq of ${node} runs and does not listen for DHCP clients (UDP port 67)`,
};

/** Every plain dnsmasq that ran before the fault runs again and listens for clients. */
export const dhcpServers: Audit = {
  name: 'dhcp-servers',
  summary: 'each plain dnsmasq that listened for DHCP clients before the fault listens again',
  before: (lab) =>
    ranOn(plainServers(lab), 'dnsmasq', async (node) => (await dnsmasqState(lab, node)) === 'runs'),
  rests_on_before: true,
  run: async ({ lab, before }) => {
    const names = [...before.nodes];
    if (names.length === 0) return [];
    const seen = await Promise.all(names.map((name) => look(lab, name)));
    const wrong = seen.filter((one) => one !== undefined);
    const detail =
      wrong.length > 0
        ? wrong.map(({ words }) => words).join(', ')
        : `dnsmasq serves on ${names.join(' and ')}, as before the fault`;
    const failed = wrong.some(({ known }) => known);
    return [
      { name: 'dhcp-servers', verdict: failed ? 'fail' : wrong.length > 0 ? 'unknown' : 'pass', detail },
    ];
  },
};

/** undefined when it serves; one that cannot be looked at is not known to be wrong, and hides nothing of the others. */
async function look(lab: Lab, name: string): Promise<{ words: string; known: boolean } | undefined> {
  try {
    const state = await dnsmasqState(lab, lab.node(name));
    return state === 'runs' ? undefined : { words: TROUBLE[state](name), known: true };
  } catch (error) {
    return { words: `the dnsmasq of ${name} could not be looked at: ${messageOf(error)}`, known: false };
  }
}
