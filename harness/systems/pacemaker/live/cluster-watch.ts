import { InputError } from '../../../ground/errors.ts';
import { maskSecrets } from '../../../ground/mask-secrets.ts';
import { type LabTime, msFromNs } from '../../../ground/time.ts';
import type { ClusterFacts } from '../../../journal/cluster-facts.ts';
import type { TableMoment } from '../../../journal/dhcp-facts.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { labNow } from '../../../lab/now.ts';
import { readNodeFile, readNodeLines } from '../../../lab/read-node-file.ts';
import { type Cib, parseCib, vipsOf } from '../config/cib.ts';
import { alertsSince } from '../findings/cluster-alerts.ts';
import { fencingDevices } from '../findings/fencing-bounds.ts';
import { fencingLines } from '../findings/fencing-log.ts';
import { repeatedMonitors } from '../findings/pacemaker-bounds.ts';
import { isAtRest, missMs } from './cluster-rest.ts';
import { type ClusterView, clusterState } from './cluster-view.ts';
import { readCib } from './cluster-vips.ts';
import { type Cluster, clustersOf } from './clusters.ts';
import { forgetFailures, settleCluster } from './settle-cluster.ts';

const COROSYNC_CONF = '/etc/corosync/corosync.conf';
/** A monitor that is repeated once an hour must not make a trial as long. */
const MOST_MONITOR_MS = 60_000;
/** Where the image's alert agent writes. */
const ALERTS_FILE = '/run/hadrill/alerts';
const LOG_FILE = '/var/log/pacemaker/pacemaker.log';

/** One cluster of a lab in a trial: what it was configured to do, what it said, what became of it. */
export class ClusterWatch {
  readonly facts: ClusterFacts;
  readonly #lab: Lab;
  readonly #cluster: Cluster;
  readonly #keep: (name: string, content: Uint8Array) => void;
  #began_ns: LabTime = 0;
  /** Where each member's file of alerts ended when the trial began, in bytes. */
  readonly #alerts_from = new Map<LabNode, number>();
  /** The same of Pacemaker's own log. */
  readonly #log_from = new Map<LabNode, number>();
  #cib: Cib | undefined;
  #before: ClusterView | undefined;
  /** How long the others may take to miss a member. */
  #miss_ms = 0;

  constructor(lab: Lab, cluster: Cluster, keep: (name: string, content: Uint8Array) => void) {
    this.#lab = lab;
    this.#cluster = cluster;
    this.#keep = keep;
    this.facts = { name: cluster.name, members: [], vips: [], views: [], alerts: [] };
  }

  /** One for every cluster of the lab. */
  static all(lab: Lab, keep: (name: string, content: Uint8Array) => void): ClusterWatch[] {
    return clustersOf(lab).map((cluster) => new ClusterWatch(lab, cluster, keep));
  }

  /** Waits until the cluster is as it should be, and notes its configuration and who holds its addresses. */
  async begin(signal?: AbortSignal): Promise<void> {
    await this.heal(signal);
    this.#began_ns = await labNow(this.#lab);
    for (const node of this.#cluster.members.filter(({ pid }) => pid !== 0)) {
      const size = await this.#lab.agent.call('node_file_size', { pid: node.pid, path: ALERTS_FILE });
      this.#alerts_from.set(node, size ?? 0);
      const logged = await this.#lab.agent.call('node_file_size', { pid: node.pid, path: LOG_FILE });
      this.#log_from.set(node, logged ?? 0);
    }
    await this.#readConfiguration();
    this.#before = await this.look('before');
  }

  /** Notes what crm_mon says now. */
  async look(when: TableMoment): Promise<ClusterView | undefined> {
    const at_ns = await labNow(this.#lab);
    const view = await clusterState(this.#lab, this.#cluster);
    if (!view) {
      this.facts.views.push({ when, at_ns });
      return undefined;
    }
    const file = `crm_mon-${when}-${this.#cluster.name}.xml`;
    this.#keep(file, Buffer.from(view.xml));
    this.facts.views.push({ when, at_ns, node: view.node.name, file });
    return view;
  }

  /**
   * How long the longest pause between two looks of Pacemaker at a resource is, in ms; 0 where it never looks, or one
   * of them is not followed. Nobody waits for more than a minute of it. Fencing devices are no service: when one is
   * looked at says nothing about how soon a failure is noticed.
   */
  get monitor_ms(): number {
    try {
      const devices = fencingDevices(this.#cib);
      const services = (this.#cib?.primitives ?? []).filter(({ id }) => !devices.has(id));
      const monitors = services.flatMap(({ operations, promotable }) =>
        repeatedMonitors(operations, promotable),
      );
      return Math.min(MOST_MONITOR_MS, Math.max(0, ...monitors.map(({ interval_ms }) => interval_ms)));
    } catch (error) {
      if (error instanceof InputError) return 0;
      throw error;
    }
  }

  /**
   * Whether everything that ran on these nodes before the fault runs on another one, by crm_mon's word, and the cluster has
   * nothing more to do about members that it has lost. A member may be lost that no fault took: its Corosync died, or
   * its wires were cut. Nobody knows before the time that the others need to miss it.
   */
  async isAtRest(gone: ReadonlySet<LabNode>, last_ns: LabTime): Promise<boolean> {
    if (msFromNs((await labNow(this.#lab)) - last_ns) < this.#miss_ms) return false;
    return isAtRest(this.#lab, this.#cluster, { before: this.#before?.state, gone });
  }

  /** Has the cluster forget what failed and waits until it is as it should be, for the next trial. */
  async heal(signal?: AbortSignal): Promise<void> {
    await forgetFailures(this.#lab, this.#cluster);
    await settleCluster(this.#lab, this.#cluster, signal);
  }

  /** Brings home what the alert agents wrote down. */
  async collect(): Promise<void> {
    for (const node of this.#cluster.members) {
      if (node.pid === 0) continue;
      const offset = this.#alerts_from.get(node) ?? 0;
      const read = await readNodeLines(this.#lab, node.pid, ALERTS_FILE, offset);
      if (read === undefined) continue;
      const file = `alerts-${node.name}`;
      const since_s = (Number(this.#lab.agent.epoch_ns) + this.#began_ns) / 1e9;
      this.#keep(file, Buffer.from(alertsSince(maskSecrets(read.text), since_s)));
      this.facts.alerts.push({ node: node.name, file });
    }
    await this.#collectFencing();
    await this.look('after');
  }

  async #collectFencing(): Promise<void> {
    for (const node of this.#cluster.members) {
      if (node.pid === 0) continue;
      const read = await readNodeLines(this.#lab, node.pid, LOG_FILE, this.#log_from.get(node) ?? 0);
      const lines = fencingLines(maskSecrets(read?.text ?? ''));
      if (lines === '') continue;
      const file = `fencing-${node.name}`;
      this.#keep(file, Buffer.from(lines));
      this.facts.fencing_logs = [...(this.facts.fencing_logs ?? []), { node: node.name, file }];
    }
  }

  async #readConfiguration(): Promise<void> {
    const { facts } = this;
    for (const node of this.#cluster.members) {
      const corosync_conf = await this.#read(node, COROSYNC_CONF);
      facts.members.push({
        node: node.name,
        macs: node.ports.flatMap(({ mac }) => mac ?? []),
        ...(corosync_conf === undefined ? {} : { corosync_conf }),
      });
    }
    this.#miss_ms = missMs(facts.members);
    const shown = await readCib(this.#lab, this.#cluster);
    if (shown === undefined) return;
    const cib = maskSecrets(shown);
    facts.cib = `cib-${this.#cluster.name}.xml`;
    this.#keep(facts.cib, Buffer.from(cib));
    this.#cib = parseCib(cib, facts.cib);
    const held = await this.#lab.agent.call('held_addresses', {});
    facts.vips = vipsOf(this.#cib).map(({ id, ip }) => {
      const owner = this.#cluster.members.find(({ name }) => held[name]?.includes(ip));
      return { resource: id, address: ip, ...(owner ? { owner: owner.name } : {}) };
    });
  }

  /** Without passwords; undefined when the node is down or has no such file. */
  async #read(node: LabNode, path: string): Promise<string | undefined> {
    if (node.pid === 0) return undefined;
    const text = await readNodeFile(this.#lab, node.pid, path);
    return text === undefined ? undefined : maskSecrets(text);
  }
}
