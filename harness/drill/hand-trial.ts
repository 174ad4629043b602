import path from 'node:path';
import { analyseTrial } from '../analysis/analyse-trial.ts';
import { attemptFolder } from '../analysis/rebuild-journal.ts';
import { TRIAL_FACTS_FILE } from '../analysis/trial-folder.ts';
import { InputError, messageOf, UnknownError } from '../ground/errors.ts';
import { maskIn, maskSecrets } from '../ground/mask-secrets.ts';
import { freshSeed } from '../ground/random.ts';
import { parseWaitMs } from '../ground/time.ts';
import type { FaultRecord } from '../journal/journal.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import { AccidentWatch } from '../lab/accident-watch.ts';
import type { Lab } from '../lab/lab.ts';
import { systemsOf } from '../systems/open-lab.ts';
import { objectSource } from '../topology/object-source.ts';
import { checkFaults } from './drill-faults.ts';
import { describeEnvironment } from './environment.ts';
import { firstFacts } from './first-facts.ts';
import { HAND_INDEX, handContext, type MeasureOptions } from './hand-context.ts';
import { readMeasured } from './measure-options.ts';
import { NotSteady } from './prove-steady.ts';
import { DEFAULT_KEEP_RECORDS } from './record-keeper.ts';
import { RunFolder } from './run-folder.ts';
import type { RunResult } from './run-options.ts';
import { emptyFacts, tellAccidents } from './trial.ts';
import { TrialLog } from './trial-log.ts';
import { TrialRun } from './trial-run.ts';

/** What else is made of a result, such as a page. */
type Written = (result: RunResult) => Promise<unknown>;

/** Labs that are being measured: one trial at a time. */
const measured = new WeakSet<Lab>();

/**
 * One trial in the hands of a program, which breaks what it likes. It is measured, analysed and put on record as a trial of
 * a drill is, in a run's folder of its own. Dispose of it (`await using`): what is broken is healed then.
 */
export class HandTrial implements AsyncDisposable {
  readonly #lab: Lab;
  readonly #watch: AccidentWatch;
  readonly #folder: RunFolder;
  readonly #log: TrialLog;
  readonly #facts: TrialFacts;
  readonly #run: TrialRun;
  readonly #written: Written;
  /** What is let go when the trial is over. */
  readonly #undo: (() => void)[];
  #stage: 'whole' | 'broken' | 'taken-over' | 'healed' | 'over' = 'whole';

  private constructor(parts: {
    lab: Lab;
    watch: AccidentWatch;
    folder: RunFolder;
    log: TrialLog;
    facts: TrialFacts;
    run: TrialRun;
    written: Written;
    undo: (() => void)[];
  }) {
    this.#lab = parts.lab;
    this.#watch = parts.watch;
    this.#folder = parts.folder;
    this.#log = parts.log;
    this.#facts = parts.facts;
    this.#run = parts.run;
    this.#written = parts.written;
    this.#undo = parts.undo;
  }

  /**
   * Waits for the steady state, starts the probes and everything else that measures, and waits until service is undisturbed.
   * @param lab of `openLab`.
   * @param written called when the journal is on disk.
   * @throws InputError for probes that do not fit the lab; UnknownError when it does not get steady; DeadlineError.
   */
  static async begin(lab: Lab, options: MeasureOptions, written: Written): Promise<HandTrial> {
    const systems = systemsOf(lab);
    const { name = lab.topology.name, out = 'results', seed = freshSeed() } = options;
    const drill = readMeasured(name, options, lab, systems);
    if (measured.has(lab))
      throw new InputError(`lab '${lab.name}' is measured already: take the result of that trial first`);
    const undo: (() => void)[] = [() => measured.delete(lab)];
    measured.add(lab);
    try {
      const loaded = { drill, systems, topology: lab.topology, files: [] };
      const { command: _, ...known } = await firstFacts(lab.engine, loaded, { trials: 1, seed, out });
      const watch = await AccidentWatch.begin(lab);
      undo.push(() => watch.end());
      const folder = RunFolder.create(out, name, new Date(), seed);
      undo.push(() => folder.close());
      const log = new TrialLog(folder, { ...known, by_program: true }, DEFAULT_KEEP_RECORDS);
      log.madeOn(await describeEnvironment(lab));
      const facts = emptyFacts(lab, HAND_INDEX);
      const context = handContext({ lab, watch, drill, systems, folder, seed }, options);
      const run = new TrialRun(context, facts);
      watch.beginTrial();
      const trial = new HandTrial({ lab, watch, folder, log, facts, run, written, undo });
      await trial.#begin();
      return trial;
    } catch (error) {
      for (const step of undo.splice(0)) step();
      throw error;
    }
  }

  /** Folder with the journal and the records. */
  get folder(): string {
    return this.#folder.path;
  }

  /**
   * Breaks something: the first fault at the moment that the seed sets, any other one at once.
   * @param kind such as `crash`; `hadrill list` shows all.
   * @param target such as `host:master(router)`.
   * @param how.for healed after that time, such as `'3s'`, before this returns; else with everything.
   * @returns what it hit, and when.
   * @throws InputError for a fault that does not exist or does not fit the lab; UnknownError when it did not take effect.
   */
  async fault(
    kind: string,
    target: string,
    { options = {}, ...how }: { options?: Readonly<Record<string, string>>; for?: string } = {},
  ): Promise<FaultRecord> {
    if (this.#stage === 'healed' || this.#stage === 'over')
      throw new InputError(`${kind} of ${target}: this trial is healed already; begin another one`);
    const heal_ms = how.for === undefined ? undefined : parseWaitMs(how.for);
    const spec = {
      kind,
      target,
      options: { ...options },
      entry: 0,
      after_ms: 0,
      ...(heal_ms === undefined ? {} : { heal_ms }),
    };
    const source = objectSource('fault()', { fault: { kind, target, options } });
    const problems = checkFaults([spec], this.#lab.topology, source);
    if (problems.length > 0) throw new InputError(problems);
    await this.#step(() => this.#run.breakIt([spec]));
    this.#stage = 'broken';
    return this.#facts.faults.at(-1)!;
  }

  /** Waits until others serve in place of what was broken. That nobody does in time is a finding, in the result. */
  async takenOver(): Promise<void> {
    if (this.#stage === 'whole')
      throw new InputError('nothing was broken yet: a trial has one fault at least');
    if (this.#stage !== 'broken') return;
    await this.#step(() => this.#run.awaitTakeover());
    this.#stage = 'taken-over';
  }

  /** Heals what is broken, once the takeover was awaited. */
  async heal(): Promise<void> {
    await this.takenOver();
    if (this.#stage !== 'taken-over') return;
    await this.#step(() => this.#run.heal());
    this.#stage = 'healed';
  }

  /**
   * Awaits what was not awaited yet, heals, watches the return, audits, and says what it all came to.
   * @returns the journal of this one trial, and its folder; a trial that the machine starved is `unknown`.
   */
  async result(): Promise<RunResult> {
    if (this.#stage === 'over') throw new InputError('this trial is over: its result was taken already');
    await this.heal();
    await this.#step(() => this.#run.finish());
    await this.#run.cleanUp();
    await tellAccidents(this.#watch, this.#facts);
    const records = path.join(this.#folder.path, attemptFolder(HAND_INDEX));
    this.#folder.writeJson(path.join(attemptFolder(HAND_INDEX), TRIAL_FACTS_FILE), maskIn(this.#facts));
    const { trial } = await analyseTrial(this.#log.facts, records);
    this.#log.add(HAND_INDEX, trial, false);
    this.#log.catchUp();
    const result = { journal: this.#log.journal(), folder: this.#folder.path, lab: this.#lab.name, left: [] };
    this.#end();
    await this.#written(result);
    return result;
  }

  /** Heals what is broken; a trial whose result was not taken is on record as one that was not made. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stage !== 'over')
      await this.#abandon(new UnknownError('the program ended it before its result'));
  }

  async #begin(): Promise<void> {
    try {
      await this.#step(() => this.#run.begin());
    } catch (error) {
      await this.#abandon(error);
      throw error;
    }
  }

  /** One step of the trial; what ends it is put into words. */
  async #step(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const [accident] = this.#watch.accidents;
      if (accident !== undefined) throw new UnknownError(accident, { cause: error });
      if (!(error instanceof NotSteady)) throw error;
      const { failures = [], notes = [] } = this.#facts;
      throw new UnknownError([...failures, ...notes].join('\n'), { cause: error });
    }
  }

  /** @throws UnknownError when something is not healed. */
  async #abandon(why: unknown): Promise<void> {
    try {
      await this.#run.cleanUp();
      this.#log.endEarly(maskSecrets(messageOf(why)));
    } finally {
      this.#end();
    }
    const { trouble } = this.#facts;
    if (trouble !== undefined) throw new UnknownError(trouble, { cause: why });
  }

  #end(): void {
    this.#stage = 'over';
    for (const step of this.#undo.splice(0)) step();
  }
}
