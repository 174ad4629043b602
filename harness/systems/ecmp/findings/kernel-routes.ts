import { z } from 'zod';
import { InputError } from '../../../ground/errors.ts';
import type { LabTime } from '../../../ground/time.ts';
import type { RouteChange, Routes } from './ecmp-facts.ts';

const hop = z.object({ gateway: z.string().optional() });
const shape = z.array(hop.extend({ dst: z.string(), nexthops: z.array(hop).optional() }));

/**
 * Routes as `ip -json route show` prints them (ip-route(8)): next hops sorted by their addresses.
 * @throws InputError when it is something else.
 */
export function parseRoutes(text: string): Routes {
  const read = shape.safeParse(text.trim() === '' ? [] : JSON.parse(text));
  if (!read.success) throw new InputError(`routes of the kernel: ${read.error.issues[0]!.message}`);
  return read.data.map(({ dst, gateway, nexthops }) => {
    const hops = nexthops?.map((one) => one.gateway) ?? [gateway];
    return { destination: dst, next_hops: hops.filter((one) => one !== undefined).toSorted() };
  });
}

/** `[2026-11-29T10:25:29.820113] 198.19.0.100 nhid 100001 proto bird \ nexthop via ...`, or with `Deleted` behind the time. */
const CHANGE = /^\[(?<time>[\d:.T-]+)\] (?<deleted>Deleted )?(?<destination>[\d./]+) (?<rest>.*)$/;

/**
 * Changes of routes of the main table that a routing daemon has written, as `ip -oneline -tshort -4 monitor route` prints them
 * (ip-monitor(8)) in a node whose clock is UTC's.
 */
export function parseRouteChanges(text: string, epoch_ns: bigint): RouteChange[] {
  return text.split('\n').flatMap((line): RouteChange[] => {
    const found = CHANGE.exec(line)?.groups;
    if (!found || !/\bproto bird\b/.test(found.rest!) || /\btable \S+/.test(found.rest!)) return [];
    const hops = [...found.rest!.matchAll(/\bvia ([\d.]+)/g)].map(([, address]) => address!);
    return [
      {
        at_ns: labTime(found.time!, epoch_ns),
        destination: found.destination!,
        next_hops: found.deleted === undefined ? hops.toSorted() : [],
      },
    ];
  });
}

const NS_PER_US = 1000n;
const NS_PER_S = 1_000_000_000n;

function labTime(time: string, epoch_ns: bigint): LabTime {
  const [whole, fraction = '0'] = time.split('.', 2) as [string, string?];
  const seconds = BigInt(Math.round(Date.parse(`${whole}Z`) / 1000));
  return Number(seconds * NS_PER_S + BigInt(fraction.padEnd(6, '0')) * NS_PER_US - epoch_ns);
}
