import type { LabTime } from '../ground/time.ts';
import type { Frame } from './frame.ts';
import { type TcpFlow, TcpFlowCollector } from './tcp-flows.ts';

/**
 * The TCP connections of a lab, followed on each of its segments. A connection crosses several, with other addresses
 * on each where it is translated, and what was lost on the way was seen on the first ones only: so of every count of
 * what one side sent the segment that saw the most has seen all.
 */
export class TcpSegments {
  readonly #ports: readonly number[];
  readonly #bySegment = new Map<string, TcpFlowCollector>();

  /** @param ports those of the servers whose connections count. */
  constructor(ports: readonly number[]) {
    this.#ports = ports;
  }

  take(frame: Frame, segment: string): void {
    if (this.#ports.length === 0) return;
    let flows = this.#bySegment.get(segment);
    if (!flows) {
      flows = new TcpFlowCollector({ server_ports: this.#ports });
      this.#bySegment.set(segment, flows);
    }
    flows.take(frame);
  }

  /** How many connections were reset in [from_ns, to_ns]. */
  resetConnections(from_ns: LabTime, to_ns: LabTime): number {
    return this.#most(
      (flow) => this.#ports.includes(flow.server.port),
      ({ first_resets }) => (first_resets.some(({ at_ns }) => at_ns >= from_ns && at_ns <= to_ns) ? 1 : 0),
    );
  }

  /** How many segments of connections to `port` were sent again. */
  retransmitted(port: number): number {
    const by = (side: 'from_client' | 'from_server') =>
      this.#most(
        ({ server }) => server.port === port,
        (flow) => flow[side].retransmitted,
      );
    // What clients send again is seen on their side of a loss, and what servers do on theirs.
    return by('from_client') + by('from_server');
  }

  #most(counts: (flow: TcpFlow) => boolean, countOf: (flow: TcpFlow) => number): number {
    const sums = [...this.#bySegment.values()].map((collector) =>
      collector.flows().reduce((sum, flow) => sum + (counts(flow) ? countOf(flow) : 0), 0),
    );
    return Math.max(0, ...sums);
  }
}
