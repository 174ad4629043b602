import { median } from 'simple-statistics';
import type { LabTime } from '../ground/time.ts';

/** So many answers show what is usual. */
const REMEMBERED = 15;

interface Answered {
  sent_ns: LabTime;
  received_ns: LabTime | null;
}

/** How long answers have been taking lately. */
export class UsualRoundTrip {
  readonly #last_ns: number[] = [];

  /** Notes a request of undisturbed service. */
  note({ sent_ns, received_ns }: Answered): void {
    if (received_ns === null) return;
    if (this.#last_ns.push(received_ns - sent_ns) > REMEMBERED) this.#last_ns.shift();
  }

  /**
   * By when service must have been there for this answer: when the request was sent, or, where the answer took
   * longer than usual, when a request would have been sent that got it then.
   */
  backBy({ sent_ns, received_ns }: Answered): LabTime {
    if (received_ns === null || this.#last_ns.length === 0) return sent_ns;
    return Math.max(sent_ns, received_ns - median(this.#last_ns));
  }
}
