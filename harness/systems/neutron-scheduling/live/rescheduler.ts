import type { LabTime } from '../../../ground/time.ts';
import { sleep } from '../../../ground/wait.ts';
import type { Lab } from '../../../lab/lab.ts';
import { type AgentTimes, deadAfterMs, lookIntervalMs } from '../rescheduling-bound.ts';
import { type Bindings, type Move, type Place, reschedule } from '../schedule.ts';
import { AgentReports } from './agent-reports.ts';
import { allDone } from './all-done.ts';

/** The part of Neutron's server that knows which hosts serve what. */
export interface SchedulingServer {
  /** What dead agents served is moved to others. */
  readonly failover: boolean;
  readonly times: AgentTimes;
  readonly places: readonly Place[];
  bindings(): Bindings;
  /** Has a host serve it; returns when it does, or at once when the host does not run. */
  bind(name: string, host: string): Promise<void>;
  /** Has a host serve it no longer. */
  unbind(name: string, host: string): Promise<void>;
  /** Called after every round of reports. With it agents are heard also where nothing is moved. */
  heard?(): Promise<void>;
}

/** What was taken from a dead host, or could not be. */
export interface ReschedulingRecord extends Move {
  /** When the server decided it. */
  readonly at_ns: LabTime;
}

/**
 * Moves what dead agents served to others, as Neutron's server does with `allow_automatic_dhcp_failover` and
 * `allow_automatic_l3agent_failover`. A host's agent reports every `report_interval` while the first process of each of
 * its places runs; every half of `agent_down_time` the server looks, and an agent that has been silent for twice
 * `agent_down_time` is dead.
 */
export class Rescheduler {
  readonly #lab: Lab;
  readonly #server: SchedulingServer;
  readonly #records: ReschedulingRecord[] = [];
  readonly #reports: AgentReports;
  #ending: AbortController | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(lab: Lab, server: SchedulingServer) {
    this.#lab = lab;
    this.#server = server;
    this.#reports = new AgentReports(lab, server.places);
  }

  /** What was moved since the start, so far; what has nowhere to go is in it once. */
  get records(): readonly ReschedulingRecord[] {
    return this.#records;
  }

  /** Hosts whose agents count as alive: they have reported within `agent_down_time`. */
  alive(): Set<string> {
    const down = this.#reports.silentFor(this.#server.times.agent_down_ms);
    return new Set(this.#reports.hosts.filter((host) => !down.has(host)));
  }

  /** Begins, unless everything is to stay where it is and nobody asks. Every host counts as just heard of. */
  start(): void {
    if (this.#ending) throw new Error('the rescheduler works already');
    this.#records.length = 0;
    if (!this.#server.failover && !this.#server.heard) return;
    this.#reports.begin();
    this.#ending = new AbortController();
    this.#work = this.#run(this.#ending.signal);
    // `stop` reports it.
    this.#work.catch(() => undefined);
  }

  /**
   * Ends after what is being done now; harmless when nothing works.
   * @returns what was moved since the start, in that order, what has nowhere to go once; each record is given out
   *   once.
   * @throws whatever went wrong since the start.
   */
  async stop(): Promise<ReschedulingRecord[]> {
    this.#ending?.abort();
    this.#ending = undefined;
    await this.#work.finally(() => {
      this.#work = Promise.resolve();
    });
    return this.#records.splice(0);
  }

  /** One after the other: after a stall of this process hosts are heard before they are judged. */
  async #run(signal: AbortSignal): Promise<void> {
    const { times } = this.#server;
    const report_ms = times.report_interval_ms;
    const look_ms = lookIntervalMs(times);
    let [nextReport, nextLook] = [performance.now(), performance.now() + look_ms];
    while (!signal.aborted) {
      const now = performance.now();
      if (now >= nextReport) {
        await this.#reports.hear();
        await this.#server.heard?.();
        nextReport = following(nextReport, report_ms);
      } else if (now >= nextLook) {
        if (this.#server.failover) await this.#look();
        nextLook = following(nextLook, look_ms);
      } else {
        await sleep(Math.min(nextReport, nextLook) - now, signal).catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
      }
    }
  }

  async #look(): Promise<void> {
    const dead = this.#reports.silentFor(deadAfterMs(this.#server.times));
    if (dead.size === 0) return;
    const { moves } = reschedule(this.#server.bindings(), dead, this.#server.places);
    const fresh = moves.filter((move) => move.to_host !== null || !this.#isNoted(move));
    if (fresh.length === 0) return;
    const { now_ns } = await this.#lab.agent.call('hello', {});
    this.#records.push(...fresh.map((move) => ({ at_ns: now_ns, ...move })));
    await allDone(fresh.map((move) => this.#move(move)));
  }

  async #move({ serves, from_host, to_host }: Move): Promise<void> {
    if (to_host === null) return;
    await this.#server.unbind(serves, from_host);
    await this.#server.bind(serves, to_host);
  }

  #isNoted({ serves }: Move): boolean {
    return this.#records.some((record) => record.serves === serves && record.to_host === null);
  }
}

/** The next moment of a steady schedule; what was missed is not made up for. */
function following(last: number, interval_ms: number): number {
  const late = Math.max(0, performance.now() - last);
  return last + Math.max(1, Math.ceil(late / interval_ms)) * interval_ms;
}
