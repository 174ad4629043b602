import type { Lab, LabNode } from '../../../lab/lab.ts';
import { readNodeFile } from '../../../lab/read-node-file.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
import type { RouteChange, Routes } from '../findings/ecmp-facts.ts';
import { parseRouteChanges, parseRoutes } from '../findings/kernel-routes.ts';

const ROUTES = ['ip', '-json', '-4', 'route', 'show', 'table', 'main', 'proto', 'bird'];
const HEARD = '/run/hadrill-route-changes';
/** Ends what an earlier call has left, and goes on without waiting: what it prints is in a file. */
const LISTEN = `
rm -f ${HEARD} && : > ${HEARD}
TZ=UTC setsid ip -oneline -tshort -4 monitor route >> ${HEARD} 2> /dev/null < /dev/null &
echo $! > ${HEARD}.pid`;
const END = `[ -e ${HEARD}.pid ] || exit 0
kill "$(cat ${HEARD}.pid)"
rm -f ${HEARD} ${HEARD}.pid`;

/** The routes that BIRD has written into a router's main table; null of one that is down, or does not say. */
export async function routesOf(lab: Lab, node: LabNode): Promise<Routes | null> {
  if (node.pid === 0) return null;
  const { status, stdout } = await runInNode(lab, node, ROUTES);
  return status === 0 ? parseRoutes(stdout) : null;
}

/** Hears every change of a router's routes from its kernel, in a process of the node itself. */
export class RouteListener {
  readonly #lab: Lab;
  readonly #node: LabNode;
  /** The node's first process when it began: a node that was started anew has lost what was heard. */
  #pid = 0;

  constructor(lab: Lab, node: LabNode) {
    this.#lab = lab;
    this.#node = node;
  }

  async begin(): Promise<void> {
    this.#pid = this.#node.pid;
    await runInNode(this.#lab, this.#node, ['sh', '-c', LISTEN]);
  }

  /** What was heard so far; null where the node was not up all the while. */
  async heard(): Promise<RouteChange[] | null> {
    if (this.#pid === 0 || this.#node.pid !== this.#pid) return null;
    const text = await readNodeFile(this.#lab, this.#node.pid, HEARD);
    return text === undefined ? null : parseRouteChanges(text, this.#lab.agent.epoch_ns);
  }

  /** Harmless twice, and of a node that is down. */
  async end(): Promise<void> {
    if (this.#pid === 0 || this.#node.pid !== this.#pid) return;
    this.#pid = 0;
    await runInNode(this.#lab, this.#node, ['sh', '-c', END]);
  }
}
