import { checkNotNegative, seconds } from '../../../ground/bound-arithmetic.ts';
import { InputError } from '../../../ground/errors.ts';
import type { Bound } from '../../../journal/journal.ts';

/** Linux's shortest retransmission timeout, TCP_RTO_MIN. */
const LINUX_RTO_MS = 200;

/** Above, Linux's longest timeout (120 s) would flatten the ladder. */
const LONGEST_OUTAGE_MS = 100_000;

export interface TcpStallOptions {
  /** 0 to 100,000. */
  outage_ms: number;
  /** A message every so many ms; more than 0. */
  period_ms: number;
  /** The shortest timeout; default: Linux's 200 ms; more than 0. */
  rto_ms?: number;
  /** Linux waits so much longer than `rto_ms`: its smoothed round trip; default: 10. */
  rtt_ms?: number;
  /**
   * Linux first sends a tail loss probe, this long after the message at most, and only then starts the timer:
   * two round trips, and 200 ms more for a receiver that delays its ACK (RFC 8985 §7.2); by default 200 + 2
   * round trips; 0 for a sender without it.
   */
  probe_ms?: number;
  /** The receiver's ACK may come so much later than the message; default: 40 (Linux's delayed ACK). */
  ack_delay_ms?: number;
}

/**
 * The longest time without a message that a TCP session feels in one outage, in ms, from the last message
 * received to the next; the network's own delay is not counted.
 *
 * The first lost message was sent `s` ms into the outage, 0 ≤ s < period, one period after the last one that
 * came through. It is sent again at rungs after `s`: p, p + rto, p + 3 rto, p + 7 rto …, with p from 0 to
 * `probe_ms` and rto from `rto_ms` to `rto_ms + rtt_ms`. The first rung at or after the outage's end ends the
 * silence, so the session feels period + rung, where rung is the first one ≥ outage − s:
 *
 * - low: s close to the period: the smallest possible rung ≥ outage − period. With a period longer than the outage
 *   no message may be lost at all: one period. In an outage shorter than the first timeout the message
 *   after the outage gets through, and its ACK shows the loss (fast retransmit): the outage itself.
 * - high: s = 0: the largest possible rung of which the one before was < outage.
 *
 * If an ACK was lost instead, up to `ack_delay_ms` = a after its message, the ladder starts up to a before the
 * outage, and the rung that counts is the first one ≥ outage + a at most. With a < period that message was the last
 * one received, so the session feels the rung alone. With a ≥ period several were under way, and the last
 * one received was anything up to a period old.
 * @throws InputError when a value is out of range.
 */
export function tcpStallBound(options: TcpStallOptions): Bound {
  const { outage_ms, period_ms, rto_ms = LINUX_RTO_MS, rtt_ms = 10, ack_delay_ms = 40 } = options;
  const probe_ms = options.probe_ms ?? LINUX_RTO_MS + 2 * rtt_ms;
  checkStall({ outage_ms, period_ms, rto_ms, rtt_ms, probe_ms, ack_delay_ms });
  const from = `TCP: sent again ${seconds(rto_ms)} x (2^k - 1) after the loss, + up to ${seconds(probe_ms)} for a probe first; a message every ${seconds(period_ms)}`;
  if (outage_ms === 0) return { low: period_ms, high: period_ms, from };
  const stall = { outage_ms, period_ms, rtt_ms, ack_delay_ms };
  const ladder = { probe_ms, least_rto: rto_ms, most_rto: rto_ms + rtt_ms };
  return { low: leastStall(stall, ladder), high: mostStall(stall, ladder), from };
}

interface Stall {
  outage_ms: number;
  period_ms: number;
  rtt_ms: number;
  ack_delay_ms: number;
}

function leastStall({ outage_ms, period_ms, ack_delay_ms }: Stall, ladder: Ladder): number {
  if (period_ms >= outage_ms) return period_ms;
  if (outage_ms <= ladder.probe_ms + ladder.most_rto) return outage_ms;
  const lostMessage = period_ms + leastRung(ladder, outage_ms - period_ms);
  if (ack_delay_ms === 0) return lostMessage;
  const rung = leastRung(ladder, outage_ms);
  const lostAck = ack_delay_ms < period_ms ? rung : Math.max(outage_ms, rung - ack_delay_ms);
  return Math.min(lostMessage, lostAck);
}

function mostStall({ outage_ms, period_ms, rtt_ms, ack_delay_ms }: Stall, ladder: Ladder): number {
  const lostMessage = period_ms + mostRung(ladder, outage_ms);
  if (ack_delay_ms === 0) return lostMessage;
  // The new message waits a round trip more: until the one before it is acknowledged at last.
  const lostAck = mostRung(ladder, outage_ms + ack_delay_ms) + rtt_ms;
  return Math.max(lostMessage, ack_delay_ms < period_ms ? lostAck : lostAck + period_ms);
}

interface Ladder {
  probe_ms: number;
  least_rto: number;
  most_rto: number;
}

/** Weight of the timeout in rung k; rung 0 is the probe itself. */
function weight(k: number): number {
  return 2 ** k - 1;
}

/** The smallest rung ≥ `at`: rung k can be anything from least_rto·w to probe + most_rto·w. */
function leastRung(ladder: Ladder, at: number): number {
  for (let k = 0; ; k += 1) {
    if (ladder.probe_ms + ladder.most_rto * weight(k) >= at) {
      return Math.max(at, ladder.least_rto * weight(k), 0);
    }
  }
}

/**
 * The largest rung of which the one before was < `at`. A longer timeout moves rung k further than rung k − 1 and a
 * later probe moves both alike, so the timeout is taken as long as can be first, then the probe.
 */
function mostRung(ladder: Ladder, at: number): number {
  let most = ladder.probe_ms;
  for (let k = 1; ladder.least_rto * weight(k - 1) < at; k += 1) {
    const before = weight(k - 1);
    const rto = before === 0 ? ladder.most_rto : Math.min(ladder.most_rto, at / before);
    const probe = Math.min(ladder.probe_ms, at - rto * before);
    most = Math.max(most, probe + rto * weight(k));
  }
  return most;
}

function checkStall(
  values: Record<string, number> & { outage_ms: number; period_ms: number; rto_ms: number },
): void {
  checkNotNegative(values);
  const { outage_ms, period_ms, rto_ms } = values;
  if (outage_ms > LONGEST_OUTAGE_MS) {
    throw new InputError(`outage_ms must be at most ${LONGEST_OUTAGE_MS}, not ${outage_ms}`);
  }
  if (period_ms === 0 || rto_ms === 0) {
    throw new InputError(`${period_ms === 0 ? 'period_ms' : 'rto_ms'} must be more than 0`);
  }
}
