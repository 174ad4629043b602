import type { Lab } from '../../../lab/lab.ts';
import type { Place } from '../schedule.ts';

/** When each host's agent last reported. It does while the first process of each of its places runs. */
export class AgentReports {
  readonly #lab: Lab;
  readonly #places: readonly Place[];
  /** By this process's own clock. */
  readonly #last = new Map<string, number>();

  constructor(lab: Lab, places: readonly Place[]) {
    this.#lab = lab;
    this.#places = places;
  }

  get hosts(): string[] {
    return [...new Set(this.#places.map(({ host }) => host))];
  }

  /** Every host counts as just heard of. */
  begin(): void {
    for (const host of this.hosts) this.#last.set(host, performance.now());
  }

  /** Every agent that works reports. */
  async hear(): Promise<void> {
    for (const host of await workingHosts(this.#lab, this.#places)) this.#last.set(host, performance.now());
  }

  /** Hosts whose agents have not reported for longer than that, in ms. */
  silentFor(ms: number): Set<string> {
    const oldest = performance.now() - ms;
    return new Set(this.hosts.filter((host) => (this.#last.get(host) ?? 0) < oldest));
  }
}

/** Hosts whose agents work at this moment: the first process of each of their places runs, and is not stopped. */
export async function workingHosts(lab: Lab, places: readonly Place[]): Promise<Set<string>> {
  const first = new Map(places.map((place) => [place, lab.node(place.node).pid]));
  const pids = [...first.values()].filter((pid) => pid > 0);
  const running = new Set(await lab.agent.call('responsive', { pids }));
  const idle = places.filter((place) => !running.has(first.get(place)!)).map(({ host }) => host);
  return new Set(places.map(({ host }) => host).filter((host) => !idle.includes(host)));
}

/** Hosts whose agents hang: a place of theirs is up, and its first process is stopped. */
export async function hangingHosts(lab: Lab, places: readonly Place[]): Promise<Set<string>> {
  const first = new Map(places.map((place) => [place, lab.node(place.node).pid]));
  const pids = [...first.values()].filter((pid) => pid > 0);
  const [alive, running] = await Promise.all([
    lab.agent.call('alive', { pids }),
    lab.agent.call('responsive', { pids }),
  ]);
  const hung = new Set(alive.filter((pid) => !running.includes(pid)));
  return new Set(places.filter((place) => hung.has(first.get(place)!)).map(({ host }) => host));
}
