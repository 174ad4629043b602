/** A connection, as conntrackd's caches or the kernel's table have it. */
export interface ConnectionEntry {
  /** Protocol and addresses of its first packet: `tcp 198.18.1.10:40000 > 203.0.113.1:80`. One entry has it. */
  key: string;
  /** The same without ports: what a filter may go by. */
  hosts: string;
  /** Addresses of an answer, which tell the translation; undefined where it is not printed: in an external cache. */
  reply: string | undefined;
  /** Of TCP. */
  state: string | undefined;
  /** Packets went both ways. */
  assured: boolean;
  /** For how long a cache has had it, in s; undefined in the kernel's table. */
  age_s: number | undefined;
}

const AGE = /\[active since (\d+)s\]/;
const FIELD = /^([a-z]+)=(.*)$/;

/**
 * Reads what `conntrackd -i`, `conntrackd -e` and `conntrack -L` print (conntrackd(8), conntrack(8)): one connection a
 * line. What is not one is left out, such as an expectation.
 */
export function parseConnectionEntries(text: string): ConnectionEntry[] {
  return text.split('\n').flatMap((line) => entryOf(line) ?? []);
}

function entryOf(line: string): ConnectionEntry | undefined {
  const words = line.trim().split(/\s+/);
  const [protocol, number] = words;
  if (protocol === undefined || !/^\d+$/.test(number ?? '')) return undefined;
  const fields = words.flatMap((word) => {
    const [, name, value] = FIELD.exec(word) ?? [];
    return name === undefined ? [] : [[name, value!] as const];
  });
  const sides = sidesOf(fields);
  const [original, reply] = sides;
  if (!original?.has('src')) return undefined;
  return {
    key: `${protocol} ${wayOf(original)}`,
    hosts: `${protocol} ${original.get('src')} > ${original.get('dst')}`,
    reply: reply && wayOf(reply),
    state: words.slice(2).find((word) => /^[A-Z][A-Z_0-9]+$/.test(word)),
    assured: line.includes('[ASSURED]'),
    age_s: numberOf(AGE.exec(line)?.[1]),
  };
}

/** Each side begins with its source. */
function sidesOf(fields: readonly (readonly [string, string])[]): Map<string, string>[] {
  const sides: Map<string, string>[] = [];
  for (const [name, value] of fields) {
    if (name === 'src') sides.push(new Map());
    sides.at(-1)?.set(name, value);
  }
  return sides;
}

function wayOf(side: ReadonlyMap<string, string>): string {
  const end = (address: string, port: string) =>
    side.has(port) ? `${side.get(address)}:${side.get(port)}` : `${side.get(address)}`;
  const icmp = ['type', 'code', 'id'].flatMap((name) =>
    side.has(name) ? [`${name} ${side.get(name)}`] : [],
  );
  return [`${end('src', 'sport')} > ${end('dst', 'dport')}`, ...icmp].join(' ');
}

function numberOf(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}
