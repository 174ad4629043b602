import type { AuditRecord } from '../../../journal/journal.ts';
import type { Lab } from '../../../lab/lab.ts';
import type { Audit } from '../../audit.ts';
import { auditEach } from '../../audit-each.ts';
import type { Place } from '../../neutron-scheduling/schedule.ts';
import { untilPass } from '../../until-pass.ts';
import { conntrackdAmong, keepalivedAmong, processesOf } from '../../vrrp/live/daemon-state.ts';
import { routerNamed } from '../../vrrp/live/elections.ts';
import { holdersOf } from '../../vrrp/live/virtual-routers.ts';
import { replicaCount } from '../config/place-routers.ts';
import { judgeReplicas, type ReplicaSeen } from './judge-replicas.ts';
import { daemonsOf } from './replica.ts';
import type { RouterServer } from './router-server.ts';
import { serverOf } from './servers.ts';

const NAME = 'l3-replicas';
/** A place that has just been bound, or unbound, starts or ends its daemons. */
const SETTLE_MS = 5000;
const LOOK_AGAIN_MS = 250;

/** Every router has min(max, live hosts) replicas, their daemons run where it is bound, and nowhere else. */
export const l3Replicas: Audit = {
  name: NAME,
  summary:
    'each router that a scheduler places has all its replicas, and runs nowhere else; one that is not created runs nowhere',
  run: async ({ lab }) => {
    const server = serverOf(lab);
    if (!server) return [];
    return auditEach(
      NAME,
      server.routers.routers,
      (router) => `router '${router}'`,
      (router) =>
        untilPass(SETTLE_MS, LOOK_AGAIN_MS, async () => ({ record: await auditRouter(lab, server, router) })),
    );
  },
};

async function auditRouter(lab: Lab, server: RouterServer, router: string): Promise<AuditRecord> {
  const places = server.placesOf(router);
  const of = routerNamed(lab, router);
  const holders = new Set((await holdersOf(lab, of)).map(({ name }) => name));
  const seen = await Promise.all(
    places.map((place) => look(lab, place, server.isBound(place), holders.has(place.node))),
  );
  const alive = seen.filter(({ up }) => up).length;
  // A router that was created while hosts were dead keeps to what it was given then.
  const wanted = Math.min(replicaCount(server.routers.settings, alive), server.home(router).length);
  return judgeReplicas({ router, vip: of.vip, exists: server.exists(router) }, seen, wanted);
}

async function look(
  lab: Lab,
  { node: name, host }: Place,
  bound: boolean,
  holds: boolean,
): Promise<ReplicaSeen> {
  const node = lab.node(name);
  const processes = await processesOf(lab, node);
  const state = {
    keepalived: keepalivedAmong(processes).state,
    conntrackd: conntrackdAmong(processes).state,
  };
  const daemons = daemonsOf(node).map((daemon) => ({ name: daemon, state: state[daemon] }));
  return { node: name, host, bound, holds, up: processes.length > 0, daemons };
}
