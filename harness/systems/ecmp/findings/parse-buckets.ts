import type { Buckets } from './not-spread.ts';

const NEXT_HOP = /^id (\d+) via ([\da-fA-F.:]+) /;
const BUCKET = /^id (\d+) index \d+ .*\bnhid (\d+)/;

/** Buckets of each group in what `ip nexthop` and `ip nexthop bucket` print (ip-nexthop(8)), by the next hop's address. */
export function parseBuckets(text: string): Buckets[] {
  const lines = text.split('\n');
  const addresses = new Map(
    lines.flatMap((line): [string, string][] => {
      const [, id, address] = NEXT_HOP.exec(line) ?? [];
      return id === undefined ? [] : [[id, address!]];
    }),
  );
  const groups = new Map<string, Record<string, number>>();
  for (const line of lines) {
    const [, group, id] = BUCKET.exec(line) ?? [];
    if (group === undefined) continue;
    const buckets = groups.get(group) ?? {};
    const address = addresses.get(id!) ?? id!;
    buckets[address] = (buckets[address] ?? 0) + 1;
    groups.set(group, buckets);
  }
  return [...groups.values()];
}
