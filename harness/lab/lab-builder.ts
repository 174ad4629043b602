import pLimit from 'p-limit';
import { apiMessage } from '../engine/api-status.ts';
import type { Engine } from '../engine/connect.ts';
import type { NodeImage } from '../engine/image-of-node.ts';
import { EnvironmentError } from '../ground/errors.ts';
import { sleep } from '../ground/wait.ts';
import { clusterNames } from '../topology/member.ts';
import { fabricPorts } from '../topology/ports.ts';
import type { Topology, TopologyNode } from '../topology/topology.ts';
import { FabricAgent } from './agent.ts';
import { Barrier } from './barrier.ts';
import { bindsAreMountable, copyBinds, mountableBinds } from './binds.ts';
import type { FabricContainer } from './fabric-container.ts';
import { agentPorts, Lab, type LabNode } from './lab.ts';
import { agentBmcs } from './machine-power.ts';
import { type LabIdentity, nodeContainerOptions } from './node-options.ts';
import { SetupTimes } from './setup-times.ts';
import { StageGates } from './stage-gates.ts';
import { waitHealthy } from './wait-healthy.ts';

/** The engine's own limit is its cores; a few more requests than that only wait there instead of here. */
const STARTS_AT_ONCE = 8;

/** What the builder does not decide itself. */
export interface BuildOptions {
  signal?: AbortSignal | undefined;
  /** Gets the lab before any node is wired: the place to set its `preparations`. */
  onLab?: (lab: Lab) => void;
  /** One line for people about what is being done. */
  onProgress?: (line: string) => void;
}

/** Takes the nodes of a lab whose fabric starts through containerlab's stages. @internal */
export class LabBuilder {
  readonly #limit = pLimit(STARTS_AT_ONCE);
  readonly #failed = new AbortController();
  readonly #signal: AbortSignal;
  readonly #gates: StageGates;
  readonly #plan;
  readonly #setup: SetupTimes;
  /** Daemons that come up while containers still start would only slow those down; not where the file has an order. */
  readonly #allWired: Barrier | undefined;

  readonly engine: Engine;
  readonly identity: LabIdentity;
  readonly topology: Topology;
  readonly images: Map<string, NodeImage>;
  readonly fabric: FabricContainer;
  readonly options: BuildOptions;

  constructor(
    engine: Engine,
    identity: LabIdentity,
    topology: Topology,
    images: Map<string, NodeImage>,
    fabric: FabricContainer,
    options: BuildOptions,
  ) {
    this.engine = engine;
    this.identity = identity;
    this.topology = topology;
    this.images = images;
    this.fabric = fabric;
    this.options = options;
    this.#signal = options.signal
      ? AbortSignal.any([options.signal, this.#failed.signal])
      : this.#failed.signal;
    this.#setup = new SetupTimes(options.onProgress);
    this.#gates = new StageGates(topology.nodes);
    this.#plan = fabricPorts(topology);
    const ordered = topology.nodes.some((node) => node.startup_delay_ms > 0 || node.stages.length > 0);
    this.#allWired = ordered ? undefined : new Barrier(topology.nodes.length);
  }

  build(): Promise<Lab> {
    return this.#setup.measure('every node is up', () => this.#build());
  }

  async #build(): Promise<Lab> {
    const agent = this.fabric.started
      .then(() => FabricAgent.over(this.fabric.lifeline))
      .then(async (connected) => {
        await connected.call('create_bridges', { bridges: this.#plan.bridges });
        const bmcs = agentBmcs(this.#plan.bmcs);
        if (bmcs.length > 0) await connected.call('create_bmcs', { bmcs });
        return connected;
      });
    agent.catch(() => undefined);
    const lab = agent.then((connected) => {
      const { lab: name, run_id } = this.identity;
      const built = new Lab(this.engine, name, run_id, this.topology, connected, this.#setup);
      this.options.onLab?.(built);
      return built;
    });
    lab.catch(() => undefined);
    const work = this.topology.nodes.map((node) => this.#bring(node, lab));
    try {
      const nodes = await Promise.all(work);
      const built = await lab;
      // One that was wired may have ended since, without anybody waiting for that.
      await built.requireRunning(
        nodes.filter(({ name }) => !StageGates.isAwaited(this.topology.nodes, name, 'exit')),
      );
      built.power.follow();
      return built;
    } catch (error) {
      // The others must have stopped creating before the lab is removed.
      this.#failed.abort(error);
      await Promise.allSettled(work);
      throw this.options.signal?.aborted ? this.options.signal.reason : error;
    }
  }

  /** Takes one node through containerlab's stages. */
  async #bring(spec: TopologyNode, lab: Promise<Lab>): Promise<LabNode> {
    if (spec.startup_delay_ms) await sleep(spec.startup_delay_ms, this.#signal);
    await this.#gates.enter(spec, 'create', this.#signal);
    const node = await this.#create(spec);
    this.#gates.finish(spec.name, 'create');
    const container = this.engine.docker.getContainer(node.container_id);
    await this.#limit(() => {
      this.#signal.throwIfAborted();
      return container.start().catch(this.#refused(spec, 'start'));
    });
    const running = await lab;
    running.adopt(node);
    await this.#stage(running, node, 'create-links', async () => {
      await running.plugNode(node);
      await running.prepareNode(node);
      await this.#allWired?.pass(this.#signal);
      await running.raiseLinks(node);
    });
    await this.#stage(running, node, 'configure', () => running.configureNode(node));
    this.#watchExit(node);
    await this.#stage(running, node, 'healthy', () => waitHealthy(running, node, this.#signal));
    this.#setup.nodeIsUp(node.name);
    this.options.onProgress?.(`node '${node.name}' is up`);
    return node;
  }

  async #stage(
    lab: Lab,
    node: LabNode,
    stage: 'create-links' | 'configure' | 'healthy',
    work: () => Promise<void>,
  ): Promise<void> {
    const execs = (phase: 'on-enter' | 'on-exit') =>
      node.spec.stage_execs
        .filter((exec) => exec.stage === stage && exec.phase === phase)
        .map((exec) => exec.command);
    await this.#gates.enter(node.spec, stage, this.#signal);
    await lab.configureNode(node, execs('on-enter'));
    await work();
    await lab.configureNode(node, execs('on-exit'));
    this.#gates.finish(node.name, stage);
  }

  async #create(spec: TopologyNode): Promise<LabNode> {
    const image = imageOf(this.images, spec.image);
    const ports = agentPorts(spec.name, this.#plan.ports);
    const mountable = bindsAreMountable(this.engine);
    const options = nodeContainerOptions(
      this.identity,
      spec,
      image,
      ports.length,
      mountable ? mountableBinds(spec.binds) : [],
      clusterNames(this.topology, spec),
    );
    this.#signal.throwIfAborted();
    const container = await this.engine.docker.createContainer(options).catch(this.#refused(spec, 'create'));
    if (!mountable) await copyBinds(container, spec.binds);
    return {
      name: spec.name,
      host: spec.host,
      spec,
      container_id: container.id,
      image: image.tag,
      ports,
      pid: 0,
    };
  }

  #refused(node: TopologyNode, what: 'create' | 'start'): (error: unknown) => never {
    return (error) => {
      throw new EnvironmentError(
        `node '${node.name}': the engine does not ${what} its container: ${apiMessage(error)}`,
      );
    };
  }

  /** Opens the `exit` gate when the container ends, if anybody waits for that. */
  #watchExit(node: LabNode): void {
    if (!StageGates.isAwaited(this.topology.nodes, node.name, 'exit')) return;
    const opened = () => this.#gates.finish(node.name, 'exit');
    this.engine.docker
      .getContainer(node.container_id)
      .wait()
      .then(opened, () => undefined);
  }
}

/** @throws Error for a name that was not looked up. @internal */
export function imageOf(images: ReadonlyMap<string, NodeImage>, name: string): NodeImage {
  const image = images.get(name);
  if (!image) throw new Error(`image ${name} was not resolved`);
  return image;
}
