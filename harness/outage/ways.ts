import { RequestTable } from './request-table.ts';

/** Datagrams as they came in, in the order in which they did. */
export interface Incoming {
  seq: Float64Array;
  /** When the server received the request: of a datagram that came twice each copy has its own. */
  echoed_ns: Float64Array;
}

/** Answers as they came back, in any order. */
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
  const arrived = arrivals.seq.toSorted();
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
  return orderOf(inOrder(received_ns).map((at) => echoed_ns[at]!));
}

/** Positions of what is known, in the order of the values: a record mostly has them so already. */
function inOrder(values: Float64Array): Float64Array {
  const order = Float64Array.from(values, (_, at) => at).filter((at) => !Number.isNaN(values[at]!));
  const ascends = order.every((at, nth) => nth === 0 || values[at]! >= values[order[nth - 1]!]!);
  return ascends ? order : order.sort((a, b) => values[a]! - values[b]!);
}

/** @param keys what tells datagrams apart, and ascends in the order in which they were sent. */
function orderOf(keys: Float64Array): Omit<WayCounts, 'lost'> {
  // What ascends was not there before: nothing need be remembered until something does not.
  let seen: Set<number> | undefined;
  let [duplicated, reordered, latest] = [0, 0, -Infinity];
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at]!;
    if (key <= latest) {
      seen ??= new Set(keys.subarray(0, at));
      if (seen.has(key)) duplicated += 1;
      else reordered += 1;
    }
    seen?.add(key);
    latest = Math.max(latest, key);
  }
  return { duplicated, reordered };
}

/** The way to the server alone: a request is served when it arrives. */
export function wayToServer({ seq, sent_ns, echoed_ns }: RequestTable): RequestTable {
  return new RequestTable({ seq, sent_ns, echoed_ns, received_ns: echoed_ns });
}

/** The way back alone: what reached the server is sent then, in that order. */
export function wayToClient({ echoed_ns, received_ns }: RequestTable): RequestTable {
  const order = inOrder(echoed_ns);
  const sent_ns = order.map((at) => echoed_ns[at]!);
  return new RequestTable({
    seq: order.map((_, at) => at),
    sent_ns,
    echoed_ns: sent_ns,
    received_ns: order.map((at) => received_ns[at]!),
  });
}
