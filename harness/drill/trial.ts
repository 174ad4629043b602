import { runAudits } from '../audits/registry.ts';
import { DeadlineError, HadrillError, InputError, messageOf } from '../ground/errors.ts';
import type { Random } from '../ground/random.ts';
import { msFromNs } from '../ground/time.ts';
import { sleep } from '../ground/wait.ts';
import type { Trial, Verdict } from '../journal/journal.ts';
import type { HostPressure } from '../lab/agent.ts';
import type { Lab } from '../lab/lab.ts';
import { virtualRouters } from '../lab/virtual-routers.ts';
import type { ProbeFindings, RunningProbe, TrialWindows } from '../probes/probe.ts';
import { probes as probeKinds } from '../probes/registry.ts';
import { abandonCapture, finishCapture, startCapture } from './capture.ts';
import type { Drill } from './drill.ts';
import { Injection, labNow, type Note } from './inject.ts';
import { advertMs, haveNewOwners, lookAtRouter, type RouterBefore, routerFindings } from './router-watch.ts';
import { starvation } from './starvation.ts';
import { proveGreen, proveOneOwner } from './steady-state.ts';

const POLL_MS = 50;

export interface TrialContext {
  lab: Lab;
  drill: Drill;
  random: Random;
  note: Note;
  signal: AbortSignal | undefined;
  onProgress: (line: string) => void;
  keepRecord: (name: string, content: Uint8Array) => void;
}

export interface TrialOutcome {
  trial: Trial;
  /** The machine did not let the probes run as they must: not a finding about the system under test. */
  starved: boolean;
}

/**
 * One repetition: steady state proven, fault, takeover, healing, rejoin, steady state again. What goes wrong
 * with the measurement makes its verdict `unknown`; the lab is healed in any case.
 * @throws InputError for a target that resolves to nothing; InterruptedError when the signal was given.
 */
export async function runTrial(context: TrialContext, index: number): Promise<TrialOutcome> {
  const trial: Trial = { index, verdict: 'unknown', faults: [], metrics: {}, bounds: {}, audits: [] };
  const attempt = new TrialRun(context, trial);
  try {
    await attempt.run();
  } catch (error) {
    if (error instanceof InputError || !(error instanceof HadrillError)) throw error;
    trial.verdict = 'unknown';
    trial.reason = messageOf(error);
  } finally {
    await attempt.cleanUp();
  }
  context.signal?.throwIfAborted();
  return { trial, starved: attempt.starved };
}

class TrialRun {
  readonly #context: TrialContext;
  readonly #trial: Trial;
  #running: RunningProbe[] = [];
  #capturing = false;
  #injection: Injection | undefined;
  starved = false;

  constructor(context: TrialContext, trial: Trial) {
    this.#context = context;
    this.#trial = trial;
  }

  async run(): Promise<void> {
    const { lab, drill, signal, onProgress } = this.#context;
    // The first trial of a lab waits here for its first election, which belongs to no trial.
    await proveOneOwner(lab, signal);
    const started_at = performance.now();
    const before = await this.#startMeasuring();
    await proveGreen(this.#running, drill.hold.steady_ms, signal);
    const pressure = await lab.agent.call('pressure', {});
    const phase_ms = this.#context.random.unit() * Math.max(0, ...before.map(advertMs));
    await sleep(phase_ms, signal);
    const injection = await this.#inject();
    onProgress(`trial ${this.#trial.index}: ${injection.fault.label}`);
    await this.#watchTakeover(injection, before);
    const healed = await injection.revert();
    onProgress(`trial ${this.#trial.index}: healed`);
    // Two owners, or none, for good is a finding: the audit tells it.
    await proveOneOwner(lab, signal).catch((error: unknown) => {
      if (!(error instanceof DeadlineError)) throw error;
    });
    await sleep(drill.hold.rejoin_ms, signal);
    const windows: TrialWindows = {
      fault_ns: injection.applied_ns,
      heal_ns: healed.from_ns,
      end_ns: await labNow(lab),
    };
    await this.#conclude(windows, before, pressure);
    this.#trial.metrics['trial.wall_ms'] = performance.now() - started_at;
    this.#trial.metrics['trial.needed_ms'] = this.#neededMs(phase_ms, windows);
  }

  /** Ends what is still measuring and heals what is still broken. What fails here is added to the reason. */
  async cleanUp(): Promise<void> {
    const { lab } = this.#context;
    const steps = [
      ...(this.#injection ? [this.#injection.revert()] : []),
      ...this.#running.map((probe) => probe.abandon()),
      ...(this.#capturing ? [abandonCapture(lab)] : []),
    ];
    for (const step of await Promise.allSettled(steps)) {
      if (step.status !== 'rejected') continue;
      const reason = messageOf(step.reason);
      if (this.#trial.reason?.includes(reason)) continue;
      this.#trial.verdict = 'unknown';
      this.#trial.reason = [this.#trial.reason, `cleaning up failed: ${reason}`].filter(Boolean).join('; ');
    }
  }

  async #startMeasuring(): Promise<RouterBefore[]> {
    const { lab, drill } = this.#context;
    const kinds = drill.probes.map((probe) => ({ probe, kind: probeKinds.get(probe.kind)! }));
    const ports = kinds.map(({ probe, kind }) => kind.port(probe.options));
    this.#capturing = true;
    const [before] = await Promise.all([
      Promise.all(virtualRouters(lab).map((router) => lookAtRouter(lab, router))),
      startCapture(lab, ports),
    ]);
    const starts = await Promise.allSettled(
      kinds.map(async ({ probe, kind }) => {
        this.#running.push(await kind.start(lab, probe.name, probe.options));
      }),
    );
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed) throw failed.reason;
    return before;
  }

  async #inject(): Promise<Injection> {
    const { lab, drill, note } = this.#context;
    this.#injection = await Injection.apply(lab, drill.fault, (event, details) =>
      note(event, { trial: this.#trial.index, ...details }),
    );
    this.#trial.faults.push(this.#injection.record);
    return this.#injection;
  }

  /**
   * Waits until another node owns what the victims owned, until the probes have what can come back, and then
   * for the drill's hold. A deadline that passes here is a finding of the trial, not an error.
   */
  async #watchTakeover(injection: Injection, before: readonly RouterBefore[]): Promise<void> {
    const { lab, drill, signal } = this.#context;
    let since_ns = injection.applied_ns;
    if (injection.fault.departure) {
      const victims = new Set(injection.fault.victims.map((node) => node.name));
      const orphaned = before.filter(({ owner }) => owner && victims.has(owner.name));
      if (!(await this.#until(() => haveNewOwners(lab, orphaned), drill.hold.takeover_ms))) return;
      if (orphaned.length > 0) since_ns = await labNow(lab);
    }
    for (const probe of this.#running) {
      if (!(await this.#until(() => probe.settled(since_ns), drill.hold.recovery_ms))) return;
    }
    await sleep(drill.hold.settled_ms, signal);
  }

  async #until(check: () => Promise<boolean>, timeout_ms: number): Promise<boolean> {
    const deadline = performance.now() + timeout_ms;
    while (!(await check())) {
      if (performance.now() > deadline) return false;
      await sleep(POLL_MS, this.#context.signal);
    }
    return true;
  }

  async #conclude(
    windows: TrialWindows,
    before: readonly RouterBefore[],
    pressure: HostPressure,
  ): Promise<void> {
    const { lab, drill } = this.#context;
    const trial = this.#trial;
    const after = await lab.agent.call('pressure', {});
    const found = await this.#stopProbes(windows);
    this.#capturing = false;
    const captured = await finishCapture(lab);
    const address_events = await lab.agent.call('address_events', { since_ns: windows.fault_ns });
    const udp_ports = drill.probes
      .map((probe) => probeKinds.get(probe.kind)!.port(probe.options))
      .filter(({ protocol }) => protocol === 'udp')
      .map(({ port }) => port);
    for (const router of before) {
      const departure = this.#injection?.fault.departure;
      const { fault_ns } = windows;
      const findings = routerFindings(router, departure, {
        ...captured,
        address_events,
        udp_ports,
        fault_ns,
      });
      Object.assign(trial.metrics, findings.metrics);
      Object.assign(trial.bounds, findings.bounds);
    }
    const takeover = trial.bounds['vip.takeover_ms'];
    for (const { name, kind } of drill.probes) {
      if (kind === 'udp' && takeover && this.#injection?.fault.stops_forwarding)
        trial.bounds[`${name}.outage_ms`] = takeover;
    }
    trial.audits = await runAudits({ lab });
    for (const [name, content] of Object.entries(captured.files)) this.#context.keepRecord(name, content);
    const starved = starvation(found, pressure, after);
    trial.metrics['host.steal_ratio'] = starved.steal_ratio;
    this.#judge(
      found.flatMap((one) => one.open),
      starved.reason,
    );
  }

  async #stopProbes(windows: TrialWindows): Promise<ProbeFindings[]> {
    const all = await Promise.all(
      this.#running.map(async (probe) => {
        const findings = await probe.stop(windows);
        for (const [measure, value] of Object.entries(findings.metrics)) {
          this.#trial.metrics[`${probe.name}.${measure}`] = value;
        }
        for (const [name, content] of Object.entries(findings.files)) this.#context.keepRecord(name, content);
        return findings;
      }),
    );
    this.#running = [];
    const rejoins = all.map((findings) => findings.rejoin_outage_ms).filter((ms) => ms !== undefined);
    if (rejoins.length > 0) this.#trial.metrics['rejoin.outage_ms'] = Math.max(...rejoins);
    return all;
  }

  #judge(open: readonly string[], starved: string | undefined): void {
    const broken = this.#trial.audits.filter((audit) => audit.verdict !== 'pass');
    const reasons = [...open, ...broken.map((audit) => `${audit.name}: ${audit.detail}`)];
    let verdict: Verdict = 'pass';
    if (starved) {
      this.starved = true;
      verdict = 'unknown';
      reasons.unshift(starved);
    } else if (open.length > 0 || broken.some((audit) => audit.verdict === 'fail')) {
      verdict = 'fail';
    } else if (broken.length > 0) {
      verdict = 'unknown';
    }
    this.#trial.verdict = verdict;
    if (reasons.length > 0) this.#trial.reason = reasons.join('; ');
  }

  /** What the protocol and the drill's holds need by themselves: the rest of a trial is our own overhead. */
  #neededMs(phase_ms: number, windows: TrialWindows): number {
    const { hold } = this.#context.drill;
    const felt = Object.entries(this.#trial.metrics)
      .filter(([name]) => /\.(outage|stall|takeover)_ms$/.test(name))
      .map(([, value]) => value);
    const recovered = Math.min(Math.max(0, ...felt), msFromNs(windows.heal_ns - windows.fault_ns));
    return hold.steady_ms + phase_ms + recovered + hold.settled_ms + hold.rejoin_ms;
  }
}
