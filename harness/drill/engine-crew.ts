import { attemptFolder } from '../analysis/rebuild-journal.ts';
import { EnvironmentError, HadrillError, messageOf } from '../ground/errors.ts';
import { sleep } from '../ground/wait.ts';
import { factsOnEngine } from '../journal/engines-of-run.ts';
import type { RunFacts } from '../journal/run-facts.ts';
import type { EngineLab } from './engine-lab.ts';
import { faultPhase } from './fault-phases.ts';
import type { LoadedDrill } from './load-drill.ts';
import { isWorthRepeating, makeTrial, makeWhole, outcome } from './make-trial.ts';
import { faultsOfTrial } from './random-faults.ts';
import type { RunFolder } from './run-folder.ts';
import { sideBySide } from './side-by-side.ts';
import type { TrialLog } from './trial-log.ts';
import { type Outcome, TrialSchedule } from './trial-schedule.ts';
import { countOf, type TrialsOptions } from './trials-options.ts';

/** A lab that waits for a trial asks again after this long. */
const ASK_AGAIN_MS = 500;
/** With no engine left that answers, one is awaited for so long. */
const ALL_LOST_MS = 60_000;

/** What the labs of a run over several engines have in common. */
export interface CrewContext {
  loaded: LoadedDrill;
  options: TrialsOptions;
  folder: RunFolder;
  log: TrialLog;
  run: RunFacts;
}

/** The labs of a run over several engines while they make its trials. */
export class EngineCrew {
  readonly #labs: readonly EngineLab[];
  readonly #context: CrewContext;
  readonly #schedule: TrialSchedule;
  readonly #say: (line: string) => void;
  /** Why labs make no trials now, or any more. */
  readonly #out = new Map<EngineLab, string>();
  #allOutSince_ms: number | undefined;

  constructor(labs: readonly EngineLab[], context: CrewContext) {
    const { shard } = context.options;
    this.#labs = labs;
    this.#context = context;
    this.#schedule = new TrialSchedule(shard?.first ?? 1, countOf(context.options));
    this.#say = context.options.onProgress ?? (() => undefined);
  }

  /**
   * Makes all trials. A lab whose engine is lost makes trials again when it is back, in a lab of its own.
   * @param lost why labs are not up to begin with.
   * @throws what ends a trial on any engine; EnvironmentError when no engine is left; the signal's reason.
   */
  async makeAll(lost: ReadonlyMap<EngineLab, string>): Promise<void> {
    for (const [lab, why] of lost) this.#lose(lab, why);
    await sideBySide(this.#labs, this.#schedule, (lab) => this.#work(lab));
    if (this.#schedule.unfinished && !this.#schedule.stopped) throw this.#noneLeft();
  }

  async #work(lab: EngineLab): Promise<void> {
    let notes: string[] | undefined = this.#out.has(lab) ? undefined : [];
    for (;;) {
      notes ??= await this.#ready(lab);
      if (notes === undefined) return;
      const next = this.#schedule.next(lab.engine.name, lab.slot, performance.now());
      if (next === 'end') return;
      if (next === 'wait') {
        await sleep(ASK_AGAIN_MS, this.#context.options.signal);
        continue;
      }
      await this.#attempt(lab, next, notes);
      notes = undefined;
    }
  }

  /** Makes the lab whole again. @returns what the next trial's report says of that; undefined when it makes no other trial. */
  async #ready(lab: EngineLab): Promise<string[] | undefined> {
    const { options, folder } = this.#context;
    const why = this.#out.get(lab) ?? (await lab.lab.whyBroken());
    if (why === undefined) return [];
    this.#schedule.away(lab.slot);
    const silence = await lab.silence();
    if (silence !== undefined) this.#lose(lab, silence);
    const say = (line: string) => this.#say(`${lab.slot}: ${line}`);
    while (this.#isWanted()) {
      try {
        if (!(await lab.comeBack(() => this.#isWanted(), options.signal))) return undefined;
        if (this.#out.has(lab)) folder.note('back', { engine: lab.engine.name });
        const notes = lab.lab.isBuilt ? await makeWhole(lab.lab, folder, say) : await this.#build(lab, why);
        this.#return(lab);
        return notes;
      } catch (error) {
        options.signal.throwIfAborted();
        if (!(error instanceof HadrillError)) throw error;
        const silence = await lab.silence();
        this.#lose(lab, silence ?? messageOf(error));
        // It answers, and yet no lab can be built on it: it is given up.
        if (silence === undefined) return undefined;
      }
    }
    return undefined;
  }

  async #build(lab: EngineLab, why: string): Promise<string[]> {
    const name = lab.lab.nextName();
    this.#context.folder.note('lab', { lab: name.name, engine: lab.engine.name });
    await lab.lab.build(name);
    return [`the lab was built anew before this trial: ${why}`];
  }

  async #attempt(
    lab: EngineLab,
    { trial: index, attempt: again_of }: { trial: number; attempt: number },
    notes: readonly string[],
  ): Promise<void> {
    const { loaded, options, folder, log } = this.#context;
    const { drill, systems } = loaded;
    const { name, details } = lab.engine;
    const plan = { seed: options.seed, drill: drill.name, trials: options.trials };
    const run = factsOnEngine(this.#context.run, { engine: name });
    const say = (line: string) => this.#say(`${lab.slot}: ${line}`);
    say(`trial ${index} of ${options.trials}`);
    const attempt = log.begin();
    folder.note('trial', { trial: index, attempt, engine: name });
    const phase = faultPhase(plan, index, again_of);
    const context = { drill, systems, phase, signal: options.signal, onProgress: say };
    const faults = options.replay?.get(index) ?? faultsOfTrial(drill, plan, index);
    const records = attemptFolder(attempt);
    const made = await makeTrial(lab.lab, context, folder, run, { index, records, notes, faults });
    const became = await this.#outcomeOf(lab, made, run);
    const again = this.#schedule.ended(lab.slot, became, performance.now());
    const machine = run.environment.machine ?? details.machine;
    const place = { engine: name, ...(machine === undefined ? {} : { machine }) };
    const judged = log.add(attempt, { ...made.trial, ...place }, again);
    say(again ? `trial ${index} will be repeated: ${made.trial.reason}` : outcome(judged));
  }

  async #outcomeOf(
    lab: EngineLab,
    made: Awaited<ReturnType<typeof makeTrial>>,
    run: RunFacts,
  ): Promise<Outcome> {
    if (made.trial.verdict === 'unknown') {
      const silence = await lab.silence();
      if (silence !== undefined || lab.lab.watch.lost) {
        this.#lose(lab, silence ?? lab.lab.watch.accidents.join('; '));
        return 'lost';
      }
    }
    if (!isWorthRepeating(made, run)) return 'made';
    return made.starved ? 'starved' : 'doubted';
  }

  #lose(lab: EngineLab, why: string): void {
    if (!this.#out.has(lab)) {
      this.#context.folder.note('lost', { engine: lab.engine.name, why });
      this.#say(`${lab.slot}: the engine is lost, its trials are made elsewhere: ${why}`);
    }
    this.#out.set(lab, why);
    if (this.#out.size === this.#labs.length) this.#allOutSince_ms ??= performance.now();
  }

  #return(lab: EngineLab): void {
    if (this.#out.delete(lab)) this.#say(`${lab.slot}: the engine is back`);
    this.#allOutSince_ms = undefined;
  }

  /** Whether a lost engine is waited for: as long as there are trials, and somebody who may make them. */
  #isWanted(): boolean {
    const waited_ms = performance.now() - (this.#allOutSince_ms ?? Infinity);
    return !this.#schedule.stopped && this.#schedule.unfinished && !(waited_ms > ALL_LOST_MS);
  }

  #noneLeft(): EnvironmentError {
    const each = [...this.#out].map(([lab, why]) => `engine '${lab.engine.name}': ${why}`);
    return new EnvironmentError(['no engine is left to make the other trials', ...new Set(each)].join('\n'), {
      remedy: 'see that the engines run; then `hadrill gc --engines` removes what may be left of the labs',
    });
  }
}
