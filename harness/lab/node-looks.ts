import { HadrillError, messageOf, UnknownError } from '../ground/errors.ts';
import { sleep } from '../ground/wait.ts';
import type { Lab } from './lab.ts';
import type { NodeLook } from './node-look-shapes.ts';

/** What is there for as long is not a helper that comes and goes. */
const APART_MS = 1500;

/** One look at all nodes of a lab. @param daemons names of programs that count as daemons wherever they run. */
export function lookAtNodes(lab: Lab, daemons: readonly string[]): Promise<NodeLook> {
  const nodes = lab.nodes.map(({ name: node, container_id, pid }) => ({ node, container_id, pid }));
  return lab.agent.call('look_at_nodes', { nodes, daemons: [...daemons] });
}

/** What was seen of all nodes before the fault, and what is seen of them now. Each look is taken once for all who ask. */
export class NodeLooks {
  readonly #before: NodeLook | string;
  readonly #look: () => Promise<NodeLook>;
  #after: Promise<NodeLook> | undefined;
  #again: Promise<NodeLook> | undefined;

  /** @param before a look, or why there is none. */
  constructor(before: NodeLook | string, look: () => Promise<NodeLook>) {
    this.#before = before;
    this.#look = look;
  }

  /** The look before the fault. @throws HadrillError when it could not be taken. */
  get before(): NodeLook {
    if (typeof this.#before === 'string')
      throw new UnknownError(`the nodes could not be looked at before the fault: ${this.#before}`);
    return this.#before;
  }

  /** The look after healing. */
  after(): Promise<NodeLook> {
    this.#after ??= this.#look();
    return this.#after;
  }

  /** Another one, 1.5 s after it: for what is to be seen in both. */
  again(): Promise<NodeLook> {
    this.#again ??= this.after()
      .then(() => sleep(APART_MS))
      .then(this.#look);
    return this.#again;
  }
}

/** A look, or why there is none. @throws what is not a HadrillError. */
export async function lookOrReason(look: () => Promise<NodeLook>): Promise<NodeLook | string> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof HadrillError)) throw error;
    return messageOf(error);
  }
}
