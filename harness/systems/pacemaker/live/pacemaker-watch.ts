import { DeadlineError } from '../../../ground/errors.ts';
import type { LabTime } from '../../../ground/time.ts';
import { sleep } from '../../../ground/wait.ts';
import type { LabNode } from '../../../lab/lab.ts';
import type { Moment, SystemWatch, Takeover, WatchedTrial } from '../../system-watch.ts';
import { ClusterWatch } from './cluster-watch.ts';

/** A look is a program of the node's own. */
const POLL_MS = 300;

/** The clusters of a lab in a trial. */
export class PacemakerWatch implements SystemWatch {
  readonly takeover: Takeover = {
    poll_ms: POLL_MS,
    isOver: (gone, last_ns) => this.#areAtRest(gone, last_ns),
  };
  readonly #clusters: readonly ClusterWatch[];

  constructor(clusters: readonly ClusterWatch[]) {
    this.#clusters = clusters;
  }

  /** undefined where the lab has no cluster. */
  static of({ lab, facts, keep }: WatchedTrial): PacemakerWatch | undefined {
    const clusters = ClusterWatch.all(lab, keep);
    if (clusters.length === 0) return undefined;
    facts.clusters = clusters.map((cluster) => cluster.facts);
    return new PacemakerWatch(clusters);
  }

  async begin(signal?: AbortSignal): Promise<void> {
    for (const cluster of this.#clusters) await cluster.begin(signal);
  }

  /** A share of the longest pause between two monitors. */
  async pace(share: number, signal?: AbortSignal): Promise<number> {
    const pause_ms = share * Math.max(0, ...this.#clusters.map(({ monitor_ms }) => monitor_ms));
    if (pause_ms > 0) await sleep(pause_ms, signal);
    return pause_ms;
  }

  /** That of before was noted when it began. */
  async look(when: Moment): Promise<void> {
    if (when === 'before') return;
    for (const cluster of this.#clusters)
      await (when === 'during' ? cluster.look('during') : cluster.collect());
  }

  async heal(signal?: AbortSignal): Promise<void> {
    let late: DeadlineError | undefined;
    for (const cluster of this.#clusters) {
      await cluster.heal(signal).catch((error: unknown) => {
        if (!(error instanceof DeadlineError)) throw error;
        late ??= error;
      });
    }
    if (late) throw late;
  }

  async #areAtRest(gone: ReadonlySet<LabNode>, last_ns: LabTime): Promise<boolean> {
    for (const cluster of this.#clusters) if (!(await cluster.isAtRest(gone, last_ns))) return false;
    return true;
  }
}
