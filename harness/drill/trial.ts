import { lookBeforeFault } from '../audits/before-fault.ts';
import { runAudits } from '../audits/registry.ts';
import { DeadlineError, HadrillError, InputError, messageOf } from '../ground/errors.ts';
import type { Random } from '../ground/random.ts';
import { type LabTime, msFromNs } from '../ground/time.ts';
import { sleep } from '../ground/wait.ts';
import { TRIAL_FACTS_SCHEMA, type TrialFacts } from '../journal/trial-facts.ts';
import type { Lab } from '../lab/lab.ts';
import { noteSurvivors, plainDnsmasqs } from '../lab/plain-dnsmasq.ts';
import { holdersOf, type VirtualRouter, virtualRouters } from '../lab/virtual-routers.ts';
import { NeutronServer } from '../neutron/neutron-server.ts';
import type { RunningProbe } from '../probes/probe.ts';
import { probes as probeKinds } from '../probes/registry.ts';
import { abandonCapture, finishCapture, startCapture } from './capture.ts';
import { ClusterWatch } from './cluster-watch.ts';
import { DhcpWatch } from './dhcp-watch.ts';
import type { Drill } from './drill.ts';
import { FaultSequence } from './fault-sequence.ts';
import { hearMasters } from './hear-masters.ts';
import { labNow, type Note } from './inject.ts';
import { markSettled, settleRouters, unsettle, watchReturn } from './router-settle.ts';
import { routerTimers } from './router-timers.ts';
import { haveNewOwners, lookAtRouter, type Orphan, type RouterBefore, waitForPhase } from './router-watch.ts';
import { proveGreen, proveOneOwner } from './steady-state.ts';

const POLL_MS = 50;
/** What is asked by a program of the node's own costs the machine more than a look of the agent's. */
const CLUSTER_POLL_MS = 300;

export interface TrialContext {
  lab: Lab;
  drill: Drill;
  random: Random;
  note: Note;
  signal: AbortSignal | undefined;
  onProgress: (line: string) => void;
  keepRecord: (name: string, content: Uint8Array) => void;
  /** The same for what is large: it comes in pieces. */
  keepPieces: (name: string, pieces: AsyncIterable<Uint8Array>) => Promise<void>;
}

/**
 * One repetition: steady state proven, fault, takeover, healing, rejoin, steady state again. What goes wrong
 * with the measurement is noted as its trouble; the lab is healed in any case.
 * @returns what was done and seen; captures and probes' records have gone to `keepRecord`.
 * @throws InputError for a target that resolves to nothing; InterruptedError when the signal was given.
 */
export async function runTrial(context: TrialContext, index: number): Promise<TrialFacts> {
  const facts: TrialFacts = {
    schema: TRIAL_FACTS_SCHEMA,
    index,
    epoch_ns: String(context.lab.agent.epoch_ns),
    faults: [],
    routers: [],
    address_events: [],
    conntrack_fillings: [],
    pressure: [],
    captures: [],
    audits: [],
  };
  const attempt = new TrialRun(context, facts);
  try {
    await attempt.run();
  } catch (error) {
    unsettle(context.lab);
    if (!(error instanceof NotSteady)) {
      if (error instanceof InputError || !(error instanceof HadrillError)) throw error;
      attempt.noteTrouble(messageOf(error));
    }
  } finally {
    await attempt.cleanUp();
  }
  context.signal?.throwIfAborted();
  return facts;
}

/** The trial ended before its fault, and its facts say why it fails. */
class NotSteady extends Error {}

class TrialRun {
  readonly #context: TrialContext;
  readonly #facts: TrialFacts;
  #running: RunningProbe[] = [];
  #capturing = false;
  #faults: FaultSequence | undefined;
  #dhcp: DhcpWatch | undefined;
  readonly #clusters: readonly ClusterWatch[];

  constructor(context: TrialContext, facts: TrialFacts) {
    this.#context = context;
    this.#facts = facts;
    this.#clusters = ClusterWatch.all(context.lab, context.keepRecord);
    if (this.#clusters.length > 0) facts.clusters = this.#clusters.map((watch) => watch.facts);
  }

  async run(): Promise<void> {
    const { lab, drill, signal, onProgress } = this.#context;
    const facts = this.#facts;
    // The first trial of a lab waits here for its first election, which belongs to no trial.
    await this.#proveSteady();
    await this.#proveReady();
    for (const cluster of this.#clusters) await cluster.begin(signal);
    const started_at = performance.now();
    this.#dhcp = this.#watchDhcp();
    const before = await this.#startMeasuring();
    await proveGreen(this.#running, drill.hold.steady_ms, signal);
    const pressure_since_ns = await labNow(lab);
    await this.#dhcp?.readTables('before');
    const ran = await lookBeforeFault(lab);
    await this.#lookAtDnsmasq();
    facts.pause_ms = await this.#waitForPhase(before);
    this.#faults = this.#sequence(before);
    const fault_ns = await this.#applyFaults(this.#faults);
    await this.#watchTakeover(this.#faults, before);
    await this.#dhcp?.readTables('during');
    for (const cluster of this.#clusters) await cluster.look('during');
    await noteSurvivors(lab, facts.dnsmasq);
    const healed = await this.#faults.heal();
    onProgress(`trial ${facts.index}: healed`);
    await this.#mend();
    const back = await watchReturn(lab, before, healed.until_ns, drill.hold.rejoin_ms, signal);
    this.#note(...back.notes);
    for (const failure of back.failures) this.#fail(failure);
    if (before.length > 0)
      facts.watched = { second_owner_ms: this.#secondOwnerMs(before), rejoin_ms: back.watched_ms };
    const end_ns = await labNow(lab);
    await this.#collect(fault_ns, pressure_since_ns);
    facts.windows = {
      fault_ns,
      heal_ns: healed.from_ns,
      healed_ns: healed.until_ns,
      end_ns,
    };
    // Audited is what the next trial will find.
    await this.#dhcp?.end();
    facts.audits = await runAudits({ lab, before: ran });
    facts.wall_ms = performance.now() - started_at;
    markSettled(lab);
  }

  /** Ends what is still measuring and heals what is still broken. What fails here is trouble as well. */
  async cleanUp(): Promise<void> {
    const { lab } = this.#context;
    const steps = [
      ...(this.#faults ? [this.#faults.heal()] : []),
      ...(this.#dhcp ? [this.#dhcp.end()] : []),
      ...this.#running.map((probe) => probe.abandon()),
      ...(this.#capturing ? [abandonCapture(lab)] : []),
    ];
    for (const step of await Promise.allSettled(steps)) {
      if (step.status !== 'rejected') continue;
      const reason = messageOf(step.reason);
      if (!this.#facts.trouble?.includes(reason)) this.noteTrouble(`cleaning up failed: ${reason}`);
    }
  }

  /**
   * Every virtual router has one owner, and its members have had their time to take it for gone. Two masters for good, or
   * none, are a finding: the trial fails with what each says on the wire.
   */
  async #proveSteady(): Promise<void> {
    const { lab, signal } = this.#context;
    const factsOf = async (router: VirtualRouter) => (await lookAtRouter(lab, router)).facts;
    try {
      await proveOneOwner(lab, signal);
      await settleRouters(lab, factsOf, signal);
      await proveOneOwner(lab, signal);
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error;
      await this.#failSteady(error.message);
    }
  }

  async #failSteady(why: string): Promise<never> {
    const said = await hearMasters(this.#context.lab);
    this.#fail(`steady state: ${why}`);
    this.#note(...said);
    throw new NotSteady();
  }

  #fail(sentence: string): void {
    this.#facts.failures = [...(this.#facts.failures ?? []), sentence];
  }

  #note(...sentences: readonly string[]): void {
    if (sentences.length > 0) this.#facts.notes = [...(this.#facts.notes ?? []), ...sentences];
  }

  /** The longest time in which a second owner can appear after the last fault, in ms. */
  #secondOwnerMs(before: readonly RouterBefore[]): number {
    return Math.max(0, ...before.map(({ facts }) => routerTimers(facts).second_owner_ms));
  }

  /** Two owners, or none, or a failed resource, for good is a finding: the audits tell it. */
  async #mend(): Promise<void> {
    const { lab, signal } = this.#context;
    const mended = [
      ...this.#clusters.map((cluster) => () => cluster.mend(signal)),
      () => proveOneOwner(lab, signal),
    ];
    for (const wait of mended) {
      await wait().catch((error: unknown) => {
        if (!(error instanceof DeadlineError)) throw error;
      });
    }
  }

  noteTrouble(words: string): void {
    this.#facts.trouble = [this.#facts.trouble, words].filter(Boolean).join('; ');
  }

  async #startMeasuring(): Promise<RouterBefore[]> {
    const { lab, drill, signal } = this.#context;
    const kinds = drill.probes.map((probe) => ({ probe, kind: probeKinds.get(probe.kind)! }));
    const bulk = kinds.flatMap(({ probe, kind }) => kind.bulk?.(probe.options) ?? []);
    this.#capturing = true;
    const [before] = await Promise.all([
      Promise.all(virtualRouters(lab).map((router) => lookAtRouter(lab, router))),
      startCapture(lab, bulk),
      lab.agent.call('watch_pressure', {}),
    ]);
    this.#facts.routers = before.map(({ facts }) => facts);
    const starts = await Promise.allSettled(
      kinds.map(async ({ probe, kind }) => {
        this.#running.push(await kind.start(lab, probe.name, probe.options, signal));
      }),
    );
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed) throw failed.reason;
    return before;
  }

  /** What the probes will look at is there. */
  async #proveReady(): Promise<void> {
    const { lab, drill, signal } = this.#context;
    for (const { kind, options } of drill.probes) await probeKinds.get(kind)?.ready?.(lab, options, signal);
  }

  /** What every dnsmasq with a configuration of its own was started with. */
  async #lookAtDnsmasq(): Promise<void> {
    const servers = await plainDnsmasqs(this.#context.lab);
    if (servers.length > 0) this.#facts.dnsmasq = servers;
  }

  #watchDhcp(): DhcpWatch | undefined {
    const { lab, keepRecord } = this.#context;
    const neutron = NeutronServer.of(lab);
    if (!neutron) return undefined;
    const watch = new DhcpWatch(lab, neutron, keepRecord);
    this.#facts.dhcp = watch.facts;
    return watch;
  }

  #sequence(before: readonly RouterBefore[]): FaultSequence {
    const { lab, note, signal, onProgress } = this.#context;
    const trial = this.#facts.index;
    return new FaultSequence({
      lab,
      before,
      facts: this.#facts,
      note: (event, details) => note(event, { trial, ...details }),
      signal,
      onProgress: (line) => onProgress(`trial ${trial}: ${line}`),
    });
  }

  /**
   * Waits until another node owns what the victims owned, until the probes have what can come back, and then
   * for the drill's hold. A deadline that passes here is a finding of the trial, not an error.
   */
  async #watchTakeover(faults: FaultSequence, before: readonly RouterBefore[]): Promise<void> {
    await this.#awaitTakeover(faults);
    // Who hears nothing of the master takes itself for one only now.
    const passed_ms = msFromNs((await labNow(this.#context.lab)) - faults.last_ns);
    await sleep(Math.max(0, this.#secondOwnerMs(before) - passed_ms), this.#context.signal);
  }

  async #awaitTakeover(faults: FaultSequence): Promise<void> {
    const { lab, drill, signal } = this.#context;
    const { orphans } = faults;
    if (!(await this.#until(() => haveNewOwners(lab, orphans), drill.hold.takeover_ms))) {
      await this.#failTakeover(orphans);
      return;
    }
    for (const cluster of this.#clusters) {
      const left = () => cluster.hasLeft(faults.departed);
      if (!(await this.#until(left, drill.hold.takeover_ms, CLUSTER_POLL_MS))) return;
    }
    const since_ns = orphans.length > 0 ? await labNow(lab) : faults.last_ns;
    for (const probe of this.#running) {
      if (!(await this.#until(() => probe.settled(since_ns), drill.hold.recovery_ms))) return;
    }
    await sleep(drill.hold.settled_ms, signal);
  }

  async #failTakeover(orphans: readonly Orphan[]): Promise<void> {
    const { lab, drill } = this.#context;
    for (const orphan of orphans) {
      if (await haveNewOwners(lab, [orphan])) continue;
      const { vip, name } = orphan.router;
      this.#fail(
        `nobody took over within ${drill.hold.takeover_ms / 1000} s: no other node held ${vip} (virtual router '${name}')`,
      );
    }
  }

  async #until(check: () => Promise<boolean>, timeout_ms: number, poll_ms = POLL_MS): Promise<boolean> {
    const deadline = performance.now() + timeout_ms;
    while (!(await check())) {
      if (performance.now() > deadline) return false;
      await sleep(poll_ms, this.#context.signal);
    }
    return true;
  }

  /** The seed sets the moment: a share of the pause between two advertisements, or between two monitors. */
  async #waitForPhase(before: readonly RouterBefore[]): Promise<number> {
    const { lab, random, signal } = this.#context;
    const share = random.unit();
    const paused_ms = await waitForPhase(lab, before, share, signal);
    const rest_ms = share * Math.max(0, ...this.#clusters.map(({ monitor_ms }) => monitor_ms));
    if (paused_ms > 0 || rest_ms === 0) return paused_ms;
    await sleep(rest_ms, signal);
    return rest_ms;
  }

  /** A role that nobody, or more than one, plays by now is no mistake of the drill's. */
  async #applyFaults(faults: FaultSequence): Promise<LabTime> {
    const { lab, drill } = this.#context;
    try {
      return await faults.apply(drill.faults);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      for (const router of virtualRouters(lab)) {
        if ((await holdersOf(lab, router)).length !== 1) await this.#failSteady(error.message);
      }
      throw error;
    }
  }

  /** Ends the measuring and brings home what was recorded. */
  async #collect(fault_ns: LabTime, pressure_since_ns: LabTime): Promise<void> {
    const { lab, keepRecord, keepPieces } = this.#context;
    const facts = this.#facts;
    facts.pressure = await lab.agent.call('pressure', { since_ns: pressure_since_ns });
    const records = await Promise.all(this.#running.map((probe) => probe.stop()));
    this.#running = [];
    for (const files of records)
      for (const [name, content] of Object.entries(files)) keepRecord(name, content);
    this.#capturing = false;
    facts.captures = await finishCapture(lab, keepPieces);
    // A fault that takes an address has done so by the end of its system call.
    const since_ns = facts.fault?.before_ns ?? fault_ns;
    facts.address_events = await lab.agent.call('address_events', { since_ns });
    facts.conntrack_fillings = await lab.agent.call('conntrack_fillings', { since_ns: fault_ns });
    await this.#dhcp?.readTables('after');
    for (const cluster of this.#clusters) await cluster.collect();
  }
}
