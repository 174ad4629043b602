import pLimit from 'p-limit';
import { imagesOfNodes, type NodeImage } from '../engine/image-of-node.ts';
import { InputError, UnknownError } from '../ground/errors.ts';
import type { ChangeTime } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import { requireModestImages } from '../lab/image-capabilities.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { createStandIn, putStandIn, standInsOf, withdrawStandIns } from '../lab/stand-in.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import { daemonVersions } from '../systems/daemon-versions.ts';
import type { Fault, FaultKind, FaultOptions } from '../systems/fault.ts';
import { describeResolved, nodesOf, type ResolvedTarget } from '../systems/resolved-target.ts';
import { notWhole } from './node-power.ts';
import { StopNodes } from './stop.ts';

/** Each start keeps the engine busy, as in `node-power.ts`. */
const STARTS_AT_ONCE = 2;

/** A node is shut down in good order, and comes back with another image. Healing gives it its own one back. */
export const upgrade: FaultKind = {
  kind: 'upgrade',
  summary: 'a node or host is shut down in good order and started again with another image (`image`)',
  targets: ['node', 'host'],
  options: { image: 'its new image, written as in a topology' },
  checkOptions: (options) => void imageOf(options),
  images: (options) => [imageOf(options)],
  prepare: (lab, target, options) => new Upgrade(lab, target, imageOf(options)),
};

/** @throws InputError when there is none. */
function imageOf({ image = '' }: FaultOptions): string {
  if (image.trim() !== '') return image;
  throw new InputError('upgrade needs the option image, the name of the new image');
}

type Versions = Readonly<Record<string, string>>;

/** Each node's own container is kept, stopped, while another one has its name and its wires. */
class Upgrade implements Fault {
  readonly label: string;
  readonly departure = 'graceful';
  readonly stops_forwarding = true;
  readonly comes_back = true;
  readonly heals_last = true;
  readonly outside =
    "its victims' own containers are kept, and come back when what stands in for them is removed";
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly notes: string[] = [];
  readonly #lab: Lab;
  readonly #image: string;
  readonly #stop: StopNodes;
  /** Of the new image: `sha256:...`. */
  #id: string | undefined;

  /** @throws InputError for nodes whose image cannot be swapped. */
  constructor(lab: Lab, target: ResolvedTarget, image: string) {
    this.#lab = lab;
    this.#image = image;
    this.#stop = new StopNodes(lab, target);
    this.victims = nodesOf(lab, target);
    requireSwappable(lab, this.victims, describeResolved(target));
    this.guard = this.victims.map(({ container_id, ports, pid }) => ({
      step: 'restore_node',
      args: { container_id, ports: [...ports], pid },
    }));
    this.label = `upgrade of ${describeResolved(target)} to ${image}`;
  }

  /**
   * Nothing is stopped before every new container is made.
   * @throws InputError for an image that there is not, or that asks for too much; EnvironmentError when the new container is
   *   not made, or does not start; UnknownError when a node does not end.
   */
  async apply(): Promise<ChangeTime> {
    const { victims } = this;
    const image = await this.#newImage();
    this.#id = image.id;
    const before = await this.#versions();
    const made = new Map<LabNode, string>();
    for (const node of victims) made.set(node, await createStandIn(this.#lab, node, image));
    const old = await this.#lab.engine.docker.getContainer(victims[0]!.container_id).inspect();
    const at = await this.#stop.apply();
    const doubt = await this.#stop.verifyApplied();
    if (doubt) throw new UnknownError(`the ${this.label} did not end it: ${doubt}`);
    const from = victims[0]!.image;
    await allOf(victims, (node) => putStandIn(this.#lab, node, made.get(node)!, image.tag));
    const images = `${image.tag} (${image.digest}) in place of ${from} (${old.Image})`;
    const versions = describeVersions(before, await this.#versions());
    this.notes.push(`${victims.map(({ name }) => name).join(', ')}: ${images}${versions}`);
    return at;
  }

  async verifyApplied(): Promise<Doubt> {
    for (const node of this.victims) {
      const { Image: id } = await this.#lab.engine.docker.getContainer(node.container_id).inspect();
      if (id !== this.#id) return `node '${node.name}' has the image ${id}, not ${this.#id}`;
    }
    return notWhole(this.#lab, this.victims);
  }

  async heal(): Promise<void> {
    await allOf(this.victims, (node) => withdrawStandIns(this.#lab, node));
    await this.#stop.heal();
  }

  async verifyHealed(): Promise<Doubt> {
    for (const node of this.victims) {
      const left = await standInsOf(this.#lab, node);
      if (node.own || left.length > 0) return `another container stands in for node '${node.name}'`;
    }
    return notWhole(this.#lab, this.victims);
  }

  async #newImage(): Promise<NodeImage> {
    const users = this.victims.map(({ name }) => ({ name, image: this.#image }));
    const images = await imagesOfNodes(this.#lab.engine, users);
    requireModestImages(
      this.victims.map(({ spec }) => ({ ...spec, image: this.#image })),
      images,
    );
    return images.get(this.#image)!;
  }

  #versions(): Promise<Versions> {
    const running = this.victims.filter(({ pid }) => pid > 0);
    return daemonVersions(this.#lab, running);
  }
}

/** @throws InputError naming what keeps the image of one of these nodes from being swapped. */
function requireSwappable(lab: Lab, nodes: readonly LabNode[], what: string): void {
  const images = new Set(nodes.map(({ image }) => image));
  if (images.size > 1)
    throw new InputError(`the nodes of ${what} have different images (${[...images].join(', ')})`, {
      remedy: 'upgrade one node, by its name',
    });
  for (const node of nodes) {
    if (node.own)
      throw new InputError(`node '${node.name}' is upgraded already, to ${node.image}: heal that first`);
    if (lab.power.switches(node))
      throw new InputError(`the BMC of host '${node.host}' starts ${node.name} as it is: its image stays`);
    if (node.spec.stage_execs.length > 0)
      throw new InputError(
        `node '${node.name}' has 'exec' in its 'stages', which are run only when its lab is built`,
        { remedy: "write what its new container needs, too, under the node's own 'exec'" },
      );
  }
}

/** As many at once as the engine can bear. @throws what the first failed with, when all are done. */
async function allOf(nodes: readonly LabNode[], work: (node: LabNode) => Promise<void>): Promise<void> {
  const limit = pLimit(STARTS_AT_ONCE);
  const done = await Promise.allSettled(nodes.map((node) => limit(() => work(node))));
  const failed = done.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

/** What changed of the daemons, and what did not: `; keepalived 2.3.3 as before`. */
function describeVersions(before: Versions, after: Versions): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .map((name) => {
      const [was, is] = [before[name] ?? 'none', after[name] ?? 'none'];
      return was === is ? `; ${name} ${is} as before` : `; ${name} ${is}, before ${was}`;
    })
    .join('');
}
