import { HadrillError, messageOf } from '../../../ground/errors.ts';
import type { Lab } from '../../../lab/lab.ts';
import { labNow } from '../../../lab/now.ts';
import { workingHosts } from '../../neutron-scheduling/live/agent-reports.ts';
import type { Place } from '../../neutron-scheduling/schedule.ts';
import { conntrackdAmong, keepalivedAmong, processesOf } from '../../vrrp/live/daemon-state.ts';
import { routerNamed } from '../../vrrp/live/elections.ts';
import { memberFacts } from '../../vrrp/live/member-facts.ts';
import { holdersOf } from '../../vrrp/live/virtual-routers.ts';
import { noteUndone, type RouterRequest } from './router-request.ts';
import type { RouterServer } from './router-server.ts';
import { hasStandbys } from './standbys.ts';

/** Notes what came of a request, right before it is undone. What cannot be looked at does not keep it from that. */
export async function lookAtRequest(lab: Lab, server: RouterServer, request: RouterRequest): Promise<void> {
  const { facts } = request;
  if (facts.undone_ns !== undefined) return;
  try {
    if (facts.refusal === undefined) facts.seen = await look(lab, server, request);
  } catch (error) {
    if (!(error instanceof HadrillError)) throw error;
    facts.trouble ??= `what came of it could not be seen: ${messageOf(error)}`;
  } finally {
    noteUndone(request, await labNow(lab));
  }
}

async function look(lab: Lab, server: RouterServer, { facts }: RouterRequest) {
  const places = server.placesOf(facts.router);
  const router = routerNamed(lab, facts.router);
  const own = places.filter(({ host }) => facts.hosts.includes(host));
  const working = await workingHosts(lab, server.places);
  const unable = facts.hosts.filter((host) => !working.has(host));
  if (facts.kind === 'delete')
    return {
      redundant: false,
      left: await leftAt(lab, server, facts.router),
      unable,
      member_conf: [],
    };
  const bound = new Set(own.map(({ node }) => node));
  const members = router.members.filter(({ name }) => bound.has(name));
  return {
    redundant: await hasStandbys(lab, router),
    left: [],
    unable,
    member_conf: await memberFacts(lab, { ...router, members }),
  };
}

/** Places where a daemon of a deleted router runs, or that hold its address. */
export async function leftAt(lab: Lab, server: RouterServer, router: string): Promise<string[]> {
  const holders = new Set((await holdersOf(lab, routerNamed(lab, router))).map(({ name }) => name));
  const runs = async ({ node: name }: Place) => {
    const processes = await processesOf(lab, lab.node(name));
    const states = [keepalivedAmong(processes).state, conntrackdAmong(processes).state];
    return holders.has(name) || states.some((state) => state !== 'none');
  };
  const places = server.placesOf(router);
  const found = await Promise.all(places.map(runs));
  return places.filter((_, at) => found[at]).map(({ node }) => node);
}
