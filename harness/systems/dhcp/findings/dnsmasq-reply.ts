import { formatPosition, type InputProblem, type Position } from '../../../ground/errors.ts';
import { dnsmasqConf } from '../config/dnsmasq-conf.ts';
import { type DnsmasqTree, dnsmasqOptions } from '../config/dnsmasq-files.ts';
import { LATE_MS } from './dhcp-bounds.ts';

/** How long a dnsmasq may take from a client's DISCOVER to its ACK, in ms, or why that is not known. */
export type DnsmasqReply =
  | { known: true; exchange_ms: number; from: string }
  | { known: false; reason: string };

/**
 * dnsmasq does nothing else while it waits before an offer (dhcp-reply-delay), and counts the wait in whole seconds of
 * the DISCOVER's arrival: what comes in the same second is answered within the delay + 1 s. The client's REQUEST waits
 * behind DISCOVERs that came before it, as long again. Which tags a client has is not known: a delay for a tag counts for all.
 * Before it offers an address of a pool it pings it and waits up to 3 s, unless `no-ping` is set.
 * @param args of the process, without its name.
 * @returns undefined for one that serves no IPv4 range.
 */
export function dnsmasqReply(
  args: readonly string[],
  node: string,
  tree: DnsmasqTree,
): DnsmasqReply | undefined {
  const options = dnsmasqOptions(args, node, tree);
  const problems: InputProblem[] = [...options.problems];
  const conf = dnsmasqConf(options.given, problems);
  const unread = [...options.missing_files, ...options.missing_dirs];
  if (unread.length > 0) return unknown(`'${unread[0]}', which dnsmasq of ${node} reads, could not be read`);
  const [problem] = problems;
  if (problem) return unknown(`${problem.message} (${place(problem.position)})`);
  if (conf.ranges.length === 0) return undefined;
  if (!conf.no_ping && conf.ranges.some(({ mode }) => mode === 'pool'))
    return unknown(
      `dnsmasq of ${node} pings an address before it offers it, and answers no client for up to 3 s each time: 'no-ping' is not set`,
    );
  const longest = conf.reply_delays.toSorted((a, b) => b.seconds - a.seconds)[0];
  if (!longest || longest.seconds === 0)
    return { known: true, exchange_ms: LATE_MS, from: `${LATE_MS / 1000} s for the exchange` };
  const { seconds, position } = longest;
  return {
    known: true,
    exchange_ms: 2 * (seconds + 1) * 1000,
    from: `2 x (${seconds} + 1) s for the exchange with ${node} (dhcp-reply-delay, ${place(position)})`,
  };
}

function unknown(reason: string): DnsmasqReply {
  return { known: false, reason };
}

function place(position: Position | undefined): string {
  return position ? formatPosition(position) : 'its configuration';
}
