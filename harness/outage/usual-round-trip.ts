import { median } from 'simple-statistics';
import type { LabTime } from '../ground/time.ts';

/** So many answers show what is usual. */
const REMEMBERED = 15;

/** How long answers have been taking lately. */
export class UsualRoundTrip {
  readonly #last_ns = new Float64Array(REMEMBERED);
  #noted = 0;

  /** Notes an answered request of undisturbed service. */
  note(sent_ns: LabTime, received_ns: LabTime): void {
    this.#last_ns[this.#noted++ % REMEMBERED] = received_ns - sent_ns;
  }

  /**
   * By when service must have been there for this answer: when the request was sent, or, where the answer took
   * longer than usual, when a request would have been sent that got it then.
   */
  backBy(sent_ns: LabTime, received_ns: LabTime): LabTime {
    if (this.#noted === 0) return sent_ns;
    const usual_ns = median([...this.#last_ns.subarray(0, this.#noted)]);
    return Math.max(sent_ns, received_ns - usual_ns);
  }
}
