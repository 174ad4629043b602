import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { systemCode } from '../engine/api-status.ts';
import { messageOf, UnknownError } from '../ground/errors.ts';
import { describeAccident, isInterference } from './describe-accident.ts';
import type { Lab, LabNode } from './lab.ts';
import { FABRIC_NODE, Label, labelFilter } from './labels.ts';

/** An engine that lives answers within milliseconds, on a starved machine within a second or two. */
const STALL_MS = 5000;
const PING_EVERY_MS = 1000;
const LOOK_TIMEOUT_MS = 5000;

/** The reason of the watch's signal; the watch itself says what happened. */
export class AccidentError extends UnknownError {}

/** The fields of an event that are used (Docker Engine API, `GET /events`). */
interface EngineEvent {
  Action?: string;
  Actor?: { ID?: string; Attributes?: Record<string, string> };
  timeNano?: number;
}

/**
 * Notices what happens to a running lab that neither hadrill nor its nodes did: containers that somebody else stops,
 * starts, pauses or removes, and an engine that ends or hangs. A node that ends by itself is not an accident.
 */
export class AccidentWatch {
  readonly #lab: Lab;
  readonly #found = new AbortController();
  readonly #acts = new Map<string, { acts: Set<string>; at: string }>();
  readonly #others = new Set<string>();
  /** Podman repeats old events when it begins its file of them anew. */
  readonly #seen = new Set<string>();
  /** By the engine's clock; what was before is not looked at. */
  #begun_ns = 0;
  /** Times in which the engine did not answer: they spoil the trial that they are in, and no other. */
  #stalls: string[] = [];
  #events: Readable | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  #lost = false;

  private constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** @throws when the engine does not answer. */
  static async begin(lab: Lab): Promise<AccidentWatch> {
    const watch = new AccidentWatch(lab);
    const { SystemTime: now } = (await lab.engine.docker.info()) as { SystemTime: string };
    watch.#begun_ns = Date.parse(now) * 1e6;
    await watch.#listen();
    watch.#timer = setInterval(watch.#pings(), PING_EVERY_MS);
    watch.#timer.unref();
    lab.agent.closed.then((error) => watch.#connectionEnded(error));
    return watch;
  }

  /** Aborted by the first accident after which the lab cannot be measured any more. */
  get signal(): AbortSignal {
    return this.#found.signal;
  }

  /** Whether the engine ended, was started again, or the way to the lab broke: nothing that was done to the lab itself. */
  get lost(): boolean {
    return this.#lost;
  }

  /** One sentence for each accident so far. */
  get accidents(): string[] {
    const acts = [...this.#acts].map(([node, { acts, at }]) => describeAccident(node, acts, at));
    return [...acts, ...this.#others, ...this.#stalls];
  }

  /** Another trial begins. */
  beginTrial(): void {
    this.#stalls = [];
  }

  /** Looks at what may have escaped the engine's reports: a node that runs as another process than it was wired as. */
  async look(): Promise<void> {
    await this.#lab.power.settle();
    for (const node of this.#lab.nodes) {
      const { State: state } = await this.#lab.engine.docker.getContainer(node.container_id).inspect();
      if (state.Running && node.pid > 0 && state.Pid !== node.pid && !this.#acts.has(node.name))
        this.#other(
          `node '${node.name}' was restarted from outside: it runs as another process, without its wires`,
        );
    }
  }

  end(): void {
    this.#ended = true;
    clearInterval(this.#timer);
    this.#events?.destroy();
  }

  async #listen(since_ns?: number): Promise<void> {
    const { docker } = this.#lab.engine;
    const filters = { ...labelFilter(Label.run, this.#lab.run_id), type: ['container'] };
    const since = since_ns === undefined ? {} : { since: (since_ns / 1e9).toFixed(9) };
    const events = (await docker.getEvents({ filters, ...since } as object)) as Readable;
    this.#events = events;
    if (this.#ended) events.destroy();
    let last_ns = since_ns ?? Date.now() * 1e6;
    events.on('error', () => undefined);
    const lines = createInterface({ input: events });
    // It passes on what its input meets.
    lines.on('error', () => undefined);
    lines.on('line', (line) => {
      const event = JSON.parse(line) as EngineEvent;
      last_ns = event.timeNano === undefined ? last_ns : event.timeNano + 1;
      this.#take(event);
    });
    // A proxy between here and a remote engine may end what is silent for long.
    events.once('close', () => {
      if (!this.#ended) this.#listen(last_ns).catch((error: unknown) => this.#engineGone(error));
    });
  }

  #take({ Action: act, Actor: actor, timeNano: at_ns }: EngineEvent): void {
    const id = actor?.ID;
    if (this.#ended || !id || !act || !isInterference(act)) return;
    if (at_ns !== undefined && (at_ns < this.#begun_ns || !this.#isNew(`${at_ns} ${id} ${act}`))) return;
    if (this.#lab.acts.explains(id, act)) return;
    const started = act === 'start' && this.#lab.nodes.find(({ container_id }) => container_id === id);
    if (started && this.#lab.power.switches(started) && at_ns !== undefined)
      void this.#unlessItsBmc(started, at_ns, () => this.#interference(id, act, actor, at_ns));
    else this.#interference(id, act, actor, at_ns);
  }

  /** A machine that its BMC has switched on is the lab's own business: it was asked for in the lab. */
  async #unlessItsBmc(node: LabNode, at_ns: number, otherwise: () => void): Promise<void> {
    const moment = at_ns - Number(this.#lab.agent.epoch_ns);
    if (!(await this.#lab.power.startsAt(node, moment).catch(() => false))) otherwise();
  }

  #interference(
    id: string,
    act: string,
    actor: NonNullable<EngineEvent['Actor']>,
    at_ns: EngineEvent['timeNano'],
  ): void {
    const node = actor.Attributes?.[Label.node] ?? id.slice(0, 12);
    const at = new Date(at_ns === undefined ? Date.now() : at_ns / 1e6).toISOString();
    const known = this.#acts.get(node) ?? { acts: new Set(), at };
    known.acts.add(act);
    this.#acts.set(node, known);
    this.#found.abort(new AccidentError('somebody else has changed the lab'));
  }

  #isNew(event: string): boolean {
    const known = this.#seen.has(event);
    this.#seen.add(event);
    return !known;
  }

  /** Asks the engine for nothing, again and again, as long as this process itself gets to run. */
  #pings(): () => void {
    let waiting: { turns: number } | undefined;
    return () => {
      if (waiting) {
        waiting.turns += 1;
        return;
      }
      const asked = { turns: 0 };
      waiting = asked;
      const answered = () => {
        waiting = undefined;
        const waited_ms = asked.turns * PING_EVERY_MS;
        if (waited_ms >= STALL_MS)
          this.#stalls.push(`the engine did not answer for ${(waited_ms / 1000).toFixed(0)} s`);
      };
      this.#lab.engine.docker.ping().then(answered, answered);
    };
  }

  async #connectionEnded(error: Error): Promise<void> {
    if (this.#ended) return;
    const why = await this.#fabricState().catch((failed: unknown) => {
      this.#engineGone(failed);
      return undefined;
    });
    // What the engine has reported says it better.
    if (why !== undefined && !this.#acts.has(FABRIC_NODE)) {
      this.#lost = true;
      this.#other(`${why} (${error.message})`);
    }
    this.#found.abort(new AccidentError('the connection to the lab is lost'));
  }

  async #fabricState(): Promise<string> {
    const filters = { label: [`${Label.run}=${this.#lab.run_id}`, `${Label.node}=${FABRIC_NODE}`] };
    const abortSignal = AbortSignal.timeout(LOOK_TIMEOUT_MS);
    const [fabric] = await this.#lab.engine.docker.listContainers({ all: true, filters, abortSignal });
    if (!fabric) return "the lab's fabric is gone";
    if (fabric.State !== 'running') return `the lab's fabric does not run any more: ${fabric.Status}`;
    return 'the engine ended the connection to the fabric, as it does when it is started again';
  }

  #engineGone(error: unknown): void {
    const code = systemCode(error);
    this.#lost = true;
    this.#other(`the engine ended, or was started again (${code ?? messageOf(error)})`);
    this.#found.abort(new AccidentError('the engine is gone'));
  }

  #other(sentence: string): void {
    if (!this.#ended) this.#others.add(sentence);
  }
}
