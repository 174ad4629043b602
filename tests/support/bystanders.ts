import type Docker from 'dockerode';
import { expect } from 'vitest';
import { hadrill } from './hadrill.ts';
import { engine, freshName, inspectLab, labContainers, removeLabs, topologyFile } from './labs.ts';
import { machineState } from './machine-traces.ts';

/** Containers that no killed command may touch: a lab that is up, and one of somebody else's. */
export class Bystanders {
  readonly #lab: string;
  readonly #foreign: Docker.Container;
  #before: string[] = [];
  #machine = '';

  private constructor(lab: string, foreign: Docker.Container) {
    this.#lab = lab;
    this.#foreign = foreign;
  }

  static async begin(): Promise<Bystanders> {
    const lab = freshName('bystander');
    expect((await hadrill(['up', topologyFile('small'), '--name', lab])).code).toBe(0);
    const foreign = await engine.docker.createContainer({
      Image: 'hadrill/endpoint',
      Entrypoint: ['sleep', 'infinity'],
      Labels: { 'hadrill-but-not-ours': lab },
      HostConfig: { NetworkMode: 'none' },
    });
    await foreign.start();
    const bystanders = new Bystanders(lab, foreign);
    bystanders.#before = await bystanders.#fingerprint();
    bystanders.#machine = await machineState((await bystanders.fabric()).Image);
    return bystanders;
  }

  /** The engine's description of the fabric among them. */
  async fabric(): Promise<Docker.ContainerInspectInfo> {
    return (await inspectLab(this.#lab)).get('fabric')!;
  }

  async expectUntouched(): Promise<void> {
    expect(await this.#fingerprint()).toEqual(this.#before);
  }

  /** Removes them. The machine's own interfaces, routes and packet filters are as they were before the kills. */
  async end(): Promise<void> {
    const { Image: image } = await this.fabric();
    await removeLabs(this.#lab);
    await this.#foreign.remove({ force: true });
    expect(await machineState(image)).toBe(this.#machine);
  }

  /** What containers are that nobody has touched. */
  async #fingerprint(): Promise<string[]> {
    const lab = (await labContainers(this.#lab)).map(({ Id: id }) => engine.docker.getContainer(id));
    const found = await Promise.all([...lab, this.#foreign].map((one) => one.inspect()));
    return found
      .map(
        ({ Id: id, State: state }) =>
          `${id} ${state.Status} ${state.ExitCode} ${state.StartedAt} ${state.FinishedAt} ${state.Pid}`,
      )
      .sort();
  }
}
