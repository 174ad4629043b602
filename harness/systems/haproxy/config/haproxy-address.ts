import { canonicalAddress } from '../../../topology/addresses.ts';
import type { HaproxyValues } from './haproxy-server.ts';
import type { HaproxyLine } from './haproxy-syntax.ts';

/** What a `server-template` may make at most: more is not followed. */
const MOST_SERVERS = 10_000;

/** The address of a server and its port, as far as both are written (HAProxy Configuration Manual §11.1, §5.2). */
export function addressOf(text: string): { address: string | undefined; port: number | undefined } {
  const bare = text.replace(/^(?:tcp[46]?|ipv[46])@/, '');
  // Sockets, file descriptors, UDP, and what an environment variable says.
  if (/^\/|@|\$/.test(bare)) return { address: undefined, port: undefined };
  // IPv6 may stand without brackets: the port follows the last colon.
  const [, address = '', port = ''] = /^(.*?)(?::(\d*))?$/.exec(bare) ?? [];
  const inner = address.replace(/^\[(.*)\]$/, '$1');
  return {
    address: inner === '' ? undefined : (canonicalAddress(inner) ?? inner),
    port: port === '' ? undefined : Number(port),
  };
}

/** The names of the servers of a `server-template PREFIX NUMBER ADDRESS`; NUMBER is a count or a range. */
export function templateNames([, prefix, range]: HaproxyLine, values: HaproxyValues): string[] {
  if (!prefix || !range) return [];
  const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(range.text) ?? [];
  const first = to === undefined ? 1 : Number(from);
  const last = Number(to ?? from);
  if (range.variable || !(last >= first) || last - first >= MOST_SERVERS) {
    values.problem(range, `'${range.text.slice(0, 80)}' is not followed: write a count or a range like 1-3`);
    return [];
  }
  return Array.from({ length: last - first + 1 }, (_, at) => `${prefix.text}${first + at}`);
}
