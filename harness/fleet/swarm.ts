import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';
import type Docker from 'dockerode';
import { apiStatus } from '../engine/api-status.ts';
import type { Engine } from '../engine/connect.ts';
import { tooOld } from '../engine/least-version.ts';
import { EnvironmentError } from '../ground/errors.ts';
import { withDeadline } from '../ground/wait.ts';
import { type FleetFiles, FleetLabel, type FleetTask, serviceSpec } from './service-spec.ts';
import type { SwarmInfo, SwarmNode, SwarmService, SwarmTask } from './swarm-shapes.ts';
import { noManager } from './swarm-state.ts';

/** A log comes from the node itself; of one that is away nothing comes, and nobody says so. */
const LOG_SILENT_MS = 30_000;

/** A manager of a swarm. */
export class Swarm {
  readonly engine: Engine;
  readonly #docker: Docker;

  private constructor(engine: Engine) {
    this.engine = engine;
    this.#docker = engine.docker;
  }

  /** @throws EnvironmentError when the engine is too old, in no swarm, not a manager, or its swarm is locked. */
  static async open(engine: Engine): Promise<Swarm> {
    const old = tooOld(engine.info);
    if (old) throw new EnvironmentError(old.message, { remedy: old.remedy });
    const { Swarm: swarm } = (await engine.docker.info()) as { Swarm?: SwarmInfo };
    const problem = noManager(swarm, engine.info.url);
    if (problem) throw new EnvironmentError(problem.message, { remedy: problem.remedy });
    return new Swarm(engine);
  }

  async nodes(): Promise<SwarmNode[]> {
    return (await this.#docker.listNodes()) as SwarmNode[];
  }

  /** All services of fleets, of whatever run. */
  async services(fleet?: string): Promise<SwarmService[]> {
    const label = fleet === undefined ? FleetLabel.fleet : `${FleetLabel.fleet}=${fleet}`;
    const filters = JSON.stringify({ label: [label] });
    return (await this.#docker.listServices({ filters })) as unknown as SwarmService[];
  }

  /** All tasks, also those of services that were removed and whose containers have not ended. */
  async tasks(): Promise<SwarmTask[]> {
    return (await this.#docker.listTasks()) as SwarmTask[];
  }

  /** @returns the service's ID. One of this name that is there already is taken for it: names are used once. */
  async start(task: FleetTask): Promise<string> {
    try {
      const spec = serviceSpec(task) as unknown as Docker.CreateServiceOptions;
      const made = (await this.#docker.createService(spec)) as unknown as { id?: string; ID?: string };
      return made.id ?? made.ID ?? task.name;
    } catch (error) {
      if (apiStatus(error) !== 409) throw error;
      const { ID: id } = (await this.#docker.getService(task.name).inspect()) as { ID: string };
      return id;
    }
  }

  /** Removes a service, which ends its task. One that is gone is no error. */
  async remove(service: string): Promise<void> {
    try {
      await this.#docker.getService(service).remove();
    } catch (error) {
      if (apiStatus(error) !== 404) throw error;
    }
  }

  /** Puts an archive where tasks can have it. @returns the config; one of this name that is there is taken for it. */
  async putFiles(fleet: string, bytes: Buffer): Promise<FleetFiles> {
    const name = `hadrill-${fleet}-files`;
    const Labels = { [FleetLabel.fleet]: fleet };
    try {
      const config = { Name: name, Labels, Data: bytes.toString('base64') };
      const { id } = (await this.#docker.createConfig(config)) as unknown as { id: string };
      return { id, name };
    } catch (error) {
      if (apiStatus(error) !== 409) throw error;
      const { ID: id } = (await this.#docker.getConfig(name).inspect()) as { ID: string };
      return { id, name };
    }
  }

  /** Removes the archives of a fleet, or of all. A service that has one must have been removed before. */
  async removeFiles(fleet?: string): Promise<void> {
    const label = fleet === undefined ? FleetLabel.fleet : `${FleetLabel.fleet}=${fleet}`;
    const configs = await this.#docker.listConfigs({ filters: JSON.stringify({ label: [label] }) });
    for (const { ID: id } of configs as unknown as { ID: string }[])
      await this.#docker.getConfig(id).remove();
  }

  /**
   * The lines that a service's task has written on one of its outputs so far.
   * @throws DeadlineError when its node does not send them.
   */
  async log(service: string, output: 'stdout' | 'stderr'): Promise<string[]> {
    const connection = await this.#openLog(service, output);
    const text = new PassThrough();
    this.#docker.modem.demuxStream(connection, text, text);
    const end = () => text.end();
    for (const event of ['end', 'close', 'error']) connection.once(event, end);
    const lines: string[] = [];
    const read = async () => {
      const each = createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY });
      for await (const line of each) lines.push(line);
    };
    try {
      await withSilence(`the log of service ${service}`, connection, read());
    } finally {
      connection.destroy();
    }
    return lines;
  }

  #openLog(service: string, output: 'stdout' | 'stderr'): Promise<Readable> {
    const question = {
      path: `/services/${service}/logs?`,
      options: { stdout: output === 'stdout', stderr: output === 'stderr', follow: false, tail: 'all' },
      method: 'GET',
      isStream: true,
      statusCodes: { 200: true, 404: 'no such service', 500: 'server error' },
    };
    return new Promise((resolve, reject) => {
      this.#docker.modem.dial(question, (error, log) => (error ? reject(error) : resolve(log as Readable)));
    });
  }
}

/** Ends when nothing has come for a while, however long all of it takes. */
async function withSilence(what: string, connection: Readable, work: Promise<void>): Promise<void> {
  let pieces = 0;
  connection.on('data', () => {
    pieces += 1;
  });
  for (let seen = -1; ; ) {
    const over = work.then(() => true);
    const ended = await withDeadline(what, LOG_SILENT_MS, over).catch((error: unknown) => {
      if (pieces === seen) throw error;
      return false;
    });
    if (ended) return;
    seen = pieces;
  }
}

/** A name for the services of one command: `f3a9c1`. */
export function freshFleet(): string {
  return `f${randomBytes(3).toString('hex')}`;
}
