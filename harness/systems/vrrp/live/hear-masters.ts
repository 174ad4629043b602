import type { Lab } from '../../../lab/lab.ts';
import { instanceSeen } from './instance-seen.ts';
import { readKeepalived } from './read-keepalived.ts';
import { type VirtualRouter, virtualRouters } from './virtual-routers.ts';

/** Long enough for three advertisements of most configurations. */
const LISTENED_S = 4;
const CALL_MARGIN_MS = 10_000;

/** Who says on the wire that it is the master of each virtual router, one sentence for each router. */
export function hearMasters(lab: Lab): Promise<string[]> {
  return Promise.all(virtualRouters(lab).map((router) => hearMaster(lab, router)));
}

async function hearMaster(lab: Lab, router: VirtualRouter): Promise<string> {
  const { name, vrid, vip, members } = router;
  const family = await familyOf(lab, router);
  const listeners = members.filter(({ pid }) => pid > 0).map((node) => ({ node: node.name, pid: node.pid }));
  // Nobody of that name hears anything: the whole time is listened.
  const args = { listeners, vrid, address: vip, awaited: [''], timeout_s: LISTENED_S, ...family };
  const heard = await lab.agent.call('hear_adverts', args, LISTENED_S * 1000 + CALL_MARGIN_MS);
  const sent = heard.filter((advert) => advert.sent);
  const said = sent.map(
    ({ node, source, priority, advert_ms }) =>
      `${node} (${source}) with priority ${priority} every ${advert_ms / 1000} s`,
  );
  const who = said.length > 0 ? said.join(', ') : 'nobody';
  return `virtual router '${name}': on the wire ${who} advertises VRID ${vrid}`;
}

/** Of its adverts, where a member says so: one VRID may be in use for both (RFC 9568 §5.2.3). */
async function familyOf(lab: Lab, router: VirtualRouter): Promise<{ family?: 4 | 6 }> {
  for (const node of router.members.filter(({ pid }) => pid > 0)) {
    const { family } = instanceSeen({ node: node.name, ...(await readKeepalived(lab, node)) }, router);
    if (family !== undefined) return { family };
  }
  return {};
}
