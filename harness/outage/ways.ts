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
  const arrived = new Set(arrivals.seq);
  let [unarrived, unanswered, late, unclear] = [0, 0, 0, 0];
  for (let at = 0; at < requests.length; at += 1) {
    const answered = !Number.isNaN(requests.received_ns[at]!);
    const came = arrived.has(requests.seq[at]!);
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
  const order = Array.from(received_ns, (_, at) => at).sort((a, b) => received_ns[a]! - received_ns[b]!);
  const sent = Float64Array.from(order, (at) => echoed_ns[at]!);
  return orderOf(sent);
}

/** @param keys what tells datagrams apart, and ascends in the order in which they were sent. */
function orderOf(keys: Float64Array): Omit<WayCounts, 'lost'> {
  const seen = new Set<number>();
  let [duplicated, reordered, latest] = [0, 0, -Infinity];
  for (let at = 0; at < keys.length; at += 1) {
    if (seen.has(keys[at]!)) {
      duplicated += 1;
      continue;
    }
    seen.add(keys[at]!);
    if (keys[at]! < latest) reordered += 1;
    latest = Math.max(latest, keys[at]!);
  }
  return { duplicated, reordered };
}

/** The way to the server alone: a request is served when it arrives. */
export function wayToServer({ seq, sent_ns, echoed_ns }: RequestTable): RequestTable {
  return new RequestTable({ seq, sent_ns, echoed_ns, received_ns: echoed_ns });
}

/** The way back alone: what reached the server is sent then, in that order. */
export function wayToClient({ echoed_ns, received_ns }: RequestTable): RequestTable {
  const order = Array.from(echoed_ns, (_, at) => at)
    .filter((at) => !Number.isNaN(echoed_ns[at]!))
    .sort((a, b) => echoed_ns[a]! - echoed_ns[b]!);
  const sent_ns = Float64Array.from(order, (at) => echoed_ns[at]!);
  return new RequestTable({
    seq: Float64Array.from(order, (_, at) => at),
    sent_ns,
    echoed_ns: sent_ns,
    received_ns: Float64Array.from(order, (at) => received_ns[at]!),
  });
}
