import type { Records } from '../../evidence/records.ts';
import type { LabTime } from '../../ground/time.ts';
import type { RunningProbe } from '../probe.ts';
import type { ProgramGroup } from '../program-group.ts';
import type { TcpSide } from './tcp-records.ts';

interface Status {
  sessions: number;
  open: number;
  dead: number;
  progressed: number;
  /** Ids of open sessions that have not gone on, as far as they fit. */
  waiting: number[];
  /** Lost sessions with a successor that has gone on; absent where lost sessions are not opened again. */
  resumed?: number;
  now_ns: LabTime;
}

/** Sessions that run: their client's program, and their servers'. */
export class RunningSessions implements RunningProbe {
  readonly name: string;
  readonly #what: string;
  readonly #client: TcpSide;
  readonly #servers: readonly TcpSide[];
  readonly #programs: ProgramGroup;

  /** @param what they are, for people: `TCP sessions`. */
  constructor(
    name: string,
    what: string,
    sides: { client: TcpSide; servers: readonly TcpSide[] },
    programs: ProgramGroup,
  ) {
    this.name = name;
    this.#what = what;
    this.#client = sides.client;
    this.#servers = sides.servers;
    this.#programs = programs;
  }

  async trouble(): Promise<string | undefined> {
    const status = await this.#status(0);
    if (status.open === status.sessions) return undefined;
    return `${status.open} of ${status.sessions} ${this.#what} are open`;
  }

  /**
   * Every session is dead or has gone on; with `reconnect`, every session or its successor has gone on. One whose
   * router has forgotten it may be known as dead on one side only: the side that speaks gets the reset, the other
   * hears nothing.
   */
  async settled(since_ns: LabTime): Promise<boolean> {
    const { sessions, dead, progressed, waiting, resumed } = await this.#status(since_ns);
    if (resumed !== undefined) return progressed + resumed === sessions;
    if (dead + progressed + waiting.length < sessions) return false;
    return waiting.length === 0 || (await this.#livingOnServers(since_ns, waiting)) === 0;
  }

  async stop(): Promise<Records> {
    const files: Record<string, Uint8Array> = {};
    // The client first: the end of a server is not an end of a session.
    for (const { program, record } of [this.#client, ...this.#servers])
      files[record] = await this.#programs.finish(program);
    return files;
  }

  abandon(): Promise<void> {
    return this.#programs.end();
  }

  /** How many of these sessions some server still has. */
  async #livingOnServers(since_ns: LabTime, ids: readonly number[]): Promise<number> {
    let living = 0;
    for (const { program } of this.#servers) {
      const asked = { op: 'status', since_ns, dead_among: ids };
      const { dead_among } = await this.#programs.ask(program, asked);
      living += ids.length - Number(dead_among);
    }
    return living;
  }

  async #status(since_ns: LabTime): Promise<Status> {
    const asked = { op: 'status', since_ns };
    return (await this.#programs.ask(this.#client.program, asked)) as unknown as Status;
  }
}
