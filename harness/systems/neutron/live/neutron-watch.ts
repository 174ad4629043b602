import { messageOf } from '../../../ground/errors.ts';
import { waitUntil } from '../../../ground/wait.ts';
import type { RouterFacts } from '../../../journal/trial-facts.ts';
import type { Lab } from '../../../lab/lab.ts';
import type { Moment, SystemWatch, WatchedAddress, WatchedTrial } from '../../system-watch.ts';
import { vrrpInstances } from '../../vrrp/config/keepalived-instances.ts';
import { routerTimers } from '../../vrrp/live/router-timers.ts';
import { HA_WIRE } from '../config/neutron-nodes.ts';
import type { Tenant } from '../config/tenant.ts';
import type { NeutronFacts } from '../findings/neutron-facts.ts';
import { neutronTimes } from './agent-times.ts';
import { awaitAgents } from './await-neutron.ts';
import { lookAtAgents, lookAtReplicas } from './claims.ts';
import { ClaimsWatch } from './claims-watch.ts';
import { routersOf } from './deployment.ts';
import { NamespaceWatch, watchedHolders } from './namespace-watch.ts';
import { NeutronApi } from './neutron-api.ts';
import { RedundancyWatch, type Served } from './redundancy-watch.ts';
import { memberOf, replicasOn } from './replicas.ts';
import { routerLack } from './router-lack.ts';
import { holdersOf, type NeutronRouter, networkNodes } from './routers.ts';

const OWNER_TIMEOUT_MS = 60_000;
/** A node's boot, four agents in Python, their first synchronisation with the server. */
const RETURN_TIMEOUT_MS = 180_000;
const POLL_MS = 1000;

/** Neutron in a trial: its routers as virtual routers, and what its API says of them and of its agents. */
export class NeutronWatch implements SystemWatch {
  readonly facts: NeutronFacts;
  readonly #trial: WatchedTrial<Tenant | undefined>;
  readonly #lab: Lab;
  readonly #api: NeutronApi;
  /** Asked in the trial itself. */
  readonly #looks: NeutronApi;
  readonly #control: string;
  readonly #tenant: Tenant;
  #all: readonly NeutronRouter[] = [];
  /** Those with replicas: the others are no virtual routers. */
  #routers: readonly NeutronRouter[] = [];
  #namespaces: NamespaceWatch | undefined;
  #claims: ClaimsWatch | undefined;
  #redundancy: RedundancyWatch | undefined;
  #networks: readonly Served[] = [];
  #found: readonly RouterFacts[] = [];

  constructor(trial: WatchedTrial<Tenant | undefined>, tenant: Tenant) {
    this.#trial = trial;
    this.#lab = trial.lab;
    const control = trial.lab.node(tenant.control);
    this.#control = tenant.control;
    this.#tenant = tenant;
    this.#api = new NeutronApi(trial.lab, control);
    this.#looks = NeutronApi.forLooks(trial.lab, control);
    this.facts = { replicas: [], agents: [], silent: [] };
  }

  /** Every agent reports, and each router has one primary and the other replicas as its secondaries. */
  async settle(signal?: AbortSignal): Promise<void> {
    await awaitAgents(this.#lab, this.#api, this.#control, signal);
    this.#all = await routersOf(this.#lab);
    this.#routers = this.#all.filter(({ ha }) => ha);
    this.#networks = await networksOf(this.#api, this.#tenant);
    this.#namespaces = new NamespaceWatch(this.#lab, this.#routers);
    await this.#namespaces.begin();
    await this.#untilWhole(OWNER_TIMEOUT_MS, signal);
  }

  async start(): Promise<void> {
    const { facts } = this.#trial;
    this.#found = await Promise.all(this.#routers.map((router) => this.#lookAt(router)));
    facts.routers = [...facts.routers, ...this.#found];
  }

  addresses(): readonly WatchedAddress[] {
    return this.#routers.map((router) => {
      const owner = this.#found.find(({ name }) => name === router.name)?.owner;
      return {
        name: router.name,
        what: `router '${router.name}'`,
        address: router.address,
        owner: owner === undefined ? undefined : this.#lab.node(owner),
        holders: () => watchedHolders(this.#lab, router),
      };
    });
  }

  async look(when: Moment): Promise<void> {
    if (when === 'before') {
      this.#claims = new ClaimsWatch(this.#lab, this.#looks, this.#routers);
      this.facts.wrong = this.#claims.wrong;
      this.#claims.begin();
      await this.#followRedundancy();
    }
    if (when === 'after') await this.#endLooks();
    try {
      this.facts.replicas.push(...(await lookAtReplicas(this.#lab, this.#looks, this.#routers, when)));
      this.facts.agents.push(...(await lookAtAgents(this.#lab, this.#looks, when)));
    } catch (error) {
      this.facts.silent.push(messageOf(error));
    }
  }

  may_follow_ms(): number {
    return Math.max(0, ...this.#found.map((router) => routerTimers(router).second_owner_ms));
  }

  async heal(signal?: AbortSignal): Promise<void> {
    await awaitAgents(this.#lab, this.#api, this.#control, signal);
    await this.#untilWhole(RETURN_TIMEOUT_MS, signal);
  }

  async end(): Promise<void> {
    await this.#endLooks();
    await this.#namespaces?.end();
    this.#namespaces = undefined;
  }

  async #followRedundancy(): Promise<void> {
    const times = await neutronTimes(this.#lab, this.#lab.node(this.#control));
    if (times !== undefined) this.facts.times = times;
    const routers = this.#routers.map(({ name, id }): Served => ({ of: 'router', name, id }));
    const served = [...this.#networks, ...routers];
    this.#redundancy = new RedundancyWatch(this.#lab, served);
    this.facts.running = this.#redundancy.running;
    await this.#redundancy.begin();
  }

  async #endLooks(): Promise<void> {
    await this.#claims?.end();
    await this.#redundancy?.end();
  }

  async #lookAt(router: NeutronRouter): Promise<RouterFacts> {
    const [owner] = await watchedHolders(this.#lab, router);
    const members = await Promise.all(
      networkNodes(this.#lab).map(async (node) => {
        const replica = (await replicasOn(this.#lab, node)).get(router.id);
        const segment = node.ports.find((port) => port.interface === HA_WIRE)?.bridge;
        return replica ? [await memberOf(this.#lab, router, replica, segment)] : [];
      }),
    );
    const found = members.flat();
    const [instance] = found.flatMap((member) => vrrpInstances(member).instances);
    return {
      ...{ name: router.name, vrid: instance?.virtual_router_id ?? 0, vip: router.address, members: found },
      ...(owner ? { owner: owner.name } : {}),
    };
  }

  /** Until each router has one primary, and keepalived runs in as many places as Neutron has bound it to. */
  async #untilWhole(timeout_ms: number, signal: AbortSignal | undefined): Promise<void> {
    let why = '';
    await waitUntil({
      what: 'every router of Neutron to have one primary and its other replicas ready',
      ...{ timeout_ms, interval_ms: POLL_MS, signal },
      check: async () => {
        // The server, or a node, may be on its way.
        why = (await this.#lack().catch(messageOf)) ?? '';
        return why === '';
      },
      lastSeen: () => why,
      log: () => this.#lab.log(networkNodes(this.#lab)[0]?.name ?? this.#control),
    });
  }

  async #lack(): Promise<string | undefined> {
    for (const router of this.#all) {
      const holders = router.ha
        ? await watchedHolders(this.#lab, router)
        : await holdersOf(this.#lab, router);
      const lack = await routerLack(this.#lab, this.#api, router, holders);
      if (lack !== undefined) return lack;
    }
    return undefined;
  }
}

/** The tenant's own networks, which have DHCP servers. */
async function networksOf(api: NeutronApi, { networks }: Tenant): Promise<Served[]> {
  const own = Object.keys(networks).filter((name) => networks[name]!.provider === undefined);
  const there = await api.list('networks');
  return there.filter(({ name }) => own.includes(name)).map(({ name, id }) => ({ of: 'network', name, id }));
}
