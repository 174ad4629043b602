import { RequestTable } from './request-table.ts';

/** Datagrams as they came in, in the order in which they did. */
export interface Incoming {
  seq: Float64Array;
  /** When the server received the request: of a datagram that came twice each copy has its own. */
  echoed_ns: Float64Array;
}

/** Answers, in any order; NaN in `received_ns` is a request that has none. */
export interface IncomingAnswers extends Incoming {
  received_ns: Float64Array;
}

/** What became of the datagrams on one way. */
export interface WayCounts {
  /** Of those that were sent, the ones of which nothing arrived. */
  lost: number;
  /** Copies beyond the first. */
  duplicated: number;
  /** First copies that came after one that was sent later (RFC 4737 §3). */
  reordered: number;
}

export interface Ways {
  to_server: WayCounts;
  to_client: WayCounts;
  /** Requests that were answered after the limit: they count as lost, on neither way. */
  late: number;
  /** Requests whose records contradict each other: answered, with no record of their arrival. Each count may be off by so many. */
  unclear: number;
}

/**
 * What each way lost, doubled and reordered. Every datagram has a number and both ends have the same clock, so the counts
 * are exact but for `unclear`.
 * @param requests what was sent, ascending in `seq`, with the first answer.
 * @param arrivals every request that the server received, in its order.
 * @param answers every answer that the client received.
 */
export function waysOf(
  requests: RequestTable,
  arrivals: Incoming,
  answers: IncomingAnswers,
  late_ns: number,
): Ways {
  const arrived = ascends(arrivals.seq) ? arrivals.seq : arrivals.seq.toSorted();
  let next = 0;
  let [unarrived, unanswered, late, unclear] = [0, 0, 0, 0];
  for (let at = 0; at < requests.length; at += 1) {
    const answered = !Number.isNaN(requests.received_ns[at]!);
    const seq = requests.seq[at]!;
    while (arrived[next]! < seq) next += 1;
    const came = arrived[next] === seq;
    if (answered && !came) unclear += 1;
    if (answered && !requests.answeredWithin(at, late_ns)) late += 1;
    if (answered) continue;
    if (came) unanswered += 1;
    else unarrived += 1;
  }
  return {
    to_server: { lost: unarrived, ...orderOf(arrivals.seq) },
    to_client: { lost: unanswered, ...answerOrder(answers) },
    late,
    unclear,
  };
}

/** The server answers in the order in which requests reach it: each copy of one is an answer of its own. */
function answerOrder({ echoed_ns, received_ns }: IncomingAnswers): Omit<WayCounts, 'lost'> {
  return orderOf(echoed_ns, positionsInOrder(received_ns));
}

// A record has a million numbers: loops in place of `filter` and `from`, which make an object of each of them.

/** Positions of what is known, in the order of the values: a record mostly has them so already. */
function positionsInOrder(values: Float64Array): Uint32Array {
  const positions = new Uint32Array(values.length);
  let known = 0;
  for (let at = 0; at < values.length; at += 1) if (!Number.isNaN(values[at]!)) positions[known++] = at;
  const order = positions.subarray(0, known);
  return ascends(values) ? order : order.sort((a, b) => values[a]! - values[b]! || a - b);
}

/** Whether none is smaller than one before it, NaN aside. */
function ascends(values: Float64Array): boolean {
  let latest = -Infinity;
  for (let at = 0; at < values.length; at += 1) {
    if (values[at]! < latest) return false;
    if (values[at]! > latest) latest = values[at]!;
  }
  return true;
}

function inOrder(values: Float64Array, order: Uint32Array): Float64Array {
  const made = new Float64Array(order.length);
  for (let at = 0; at < made.length; at += 1) made[at] = values[order[at]!]!;
  return made;
}

/**
 * @param keys what tells datagrams apart, and ascends in the order in which they were sent.
 * @param order positions of those that arrived, in the order in which they did; default: all, as they are.
 */
function orderOf(keys: Float64Array, order?: Uint32Array): Omit<WayCounts, 'lost'> {
  const arrived = order?.length ?? keys.length;
  const keyOf = (nth: number) => keys[order ? order[nth]! : nth]!;
  // What ascends was not there before: nothing need be remembered until something does not.
  let seen: Set<number> | undefined;
  let [duplicated, reordered, latest] = [0, 0, -Infinity];
  for (let nth = 0; nth < arrived; nth += 1) {
    const key = keyOf(nth);
    if (key <= latest) {
      if (seen === undefined) {
        seen = new Set();
        for (let before = 0; before < nth; before += 1) seen.add(keyOf(before));
      }
      if (seen.has(key)) duplicated += 1;
      else reordered += 1;
    }
    seen?.add(key);
    if (key > latest) latest = key;
  }
  return { duplicated, reordered };
}

/** The way to the server alone: a request is served when it arrives. */
export function wayToServer({ seq, sent_ns, echoed_ns }: RequestTable): RequestTable {
  return new RequestTable({ seq, sent_ns, echoed_ns, received_ns: echoed_ns });
}

/** The way back alone: what reached the server is sent then, in that order. */
export function wayToClient({ echoed_ns, received_ns }: RequestTable): RequestTable {
  const order = positionsInOrder(echoed_ns);
  const sent_ns = inOrder(echoed_ns, order);
  const seq = new Float64Array(order.length);
  for (let at = 0; at < seq.length; at += 1) seq[at] = at;
  return new RequestTable({ seq, sent_ns, echoed_ns: sent_ns, received_ns: inOrder(received_ns, order) });
}
