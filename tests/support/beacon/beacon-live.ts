import { InputError } from '../../../harness/ground/errors.ts';
import { waitUntil } from '../../../harness/ground/wait.ts';
import type { AuditRecord } from '../../../harness/journal/journal.ts';
import type { Lab, LabNode } from '../../../harness/lab/lab.ts';
import { runInNode } from '../../../harness/lab/run-in-node.ts';
import type { Audit } from '../../../harness/systems/audit.ts';
import type { LiveSystem, Role } from '../../../harness/systems/live-system.ts';
import type { SystemWatch, WatchedTrial } from '../../../harness/systems/system-watch.ts';
import { type BeaconFacts, type BeaconFiles, beacon, LABEL } from './beacon.ts';

const SETTLE_MS = 10_000;
const POLL_MS = 100;

function beaconsOf(lab: Lab): LabNode[] {
  return lab.nodes.filter(({ spec }) => spec.labels[LABEL] !== undefined);
}

async function sendersOf(lab: Lab): Promise<LabNode[]> {
  const nodes = beaconsOf(lab).filter(({ pid }) => pid > 0);
  const states = await Promise.all(nodes.map((node) => runInNode(lab, node, ['cat', '/run/beacon.state'])));
  return nodes.filter((_, at) => states[at]!.stdout === 'sends');
}

const sender: Role = {
  of: 'BEACON',
  candidates: (of, { nodes }) => {
    const found = nodes.filter(({ labels }) => labels[LABEL] === of);
    return found.length > 0 ? found : { message: `no node has the label '${LABEL}: ${of}'` };
  },
  resolve: async (lab, of) => {
    const [node] = await sendersOf(lab);
    if (node) return node;
    throw new InputError(`sender(${of}) resolves to nothing: no beacon sends now`);
  },
};

const oneSender: Audit = {
  name: 'one-sender',
  run: async ({ lab }): Promise<AuditRecord[]> => {
    const names = (await sendersOf(lab)).map(({ name }) => name);
    const detail = `${names.join(' and ') || 'nobody'} sends`;
    return [{ name: 'one-sender', verdict: names.length === 1 ? 'pass' : 'fail', detail }];
  },
};

class BeaconWatch implements SystemWatch {
  readonly facts: BeaconFacts;
  readonly takeover;
  readonly #lab: Lab;

  constructor({ lab, files }: WatchedTrial<BeaconFiles>) {
    this.#lab = lab;
    this.facts = { period_ms: files.period_ms, sender: null };
    this.takeover = {
      poll_ms: POLL_MS,
      isOver: async (gone: ReadonlySet<LabNode>) => (await sendersOf(lab)).some((node) => !gone.has(node)),
    };
  }

  settle(signal?: AbortSignal): Promise<void> {
    return waitUntil({
      what: 'one beacon to send',
      timeout_ms: SETTLE_MS,
      interval_ms: POLL_MS,
      ...(signal ? { signal } : {}),
      check: async () => (await sendersOf(this.#lab)).length === 1,
    }).then(() => undefined);
  }

  async start(): Promise<void> {
    const [node] = await sendersOf(this.#lab);
    this.facts.sender = node?.name ?? null;
  }
}

/** The made-up system in a lab. */
export const beaconLive: LiveSystem<BeaconFiles> = {
  system: beacon,
  audits: [oneSender],
  roles: { sender },
  watch: (trial) => (beaconsOf(trial.lab).length > 0 ? new BeaconWatch(trial) : undefined),
};
