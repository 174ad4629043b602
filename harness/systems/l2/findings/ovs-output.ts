import { z } from 'zod';
import type { BridgeFlows, Database } from './l2-facts.ts';

/** More flows of a bridge are only counted: a controller may write one for each connection. */
const MOST_LISTED = 1000;

/**
 * What a look at a switch with Open vSwitch asks: the database, then every bridge's flows. `--no-wait`: a dead
 * ovs-vswitchd does not keep the database from answering; the alarm ends what hangs.
 */
export const OVS_SCRIPT = `ovs-vsctl --timeout=2 --no-wait --format=json \\
  -- --columns=name,datapath_type,fail_mode list bridge -- --columns=name,tag,external_ids list port \\
  -- --columns=name,ofport list interface -- --columns=target,is_connected list controller 2> /dev/null
for socket in /run/openvswitch/*.mgmt; do
  bridge=\${socket##*/}
  bridge=\${bridge%.mgmt}
  echo "bridge $bridge"
  flows=$(ovs-ofctl --timeout=2 --names --no-stats dump-flows "$bridge" 2>&1) || flows="$flows
no answer"
  count=$(echo "$flows" | grep -c actions=)
  if [ "$count" -gt ${MOST_LISTED} ]; then echo "counted $count"; else echo "$flows"; fi
done`;

/** What a switch said to OVS_SCRIPT. @returns no database where it did not answer. */
export function parseOvs(output: string): { database: Database | null; flows: BridgeFlows[] } {
  const lines = output.split('\n');
  const first = lines.findIndex((line) => line.startsWith('bridge '));
  const tables = lines.slice(0, first < 0 ? undefined : first).filter((line) => line.startsWith('{'));
  return { database: databaseOf(tables), flows: flowsOf(first < 0 ? [] : lines.slice(first)) };
}

const table = z.object({ headings: z.array(z.string()), data: z.array(z.array(z.unknown())) });
type Row = Record<string, unknown>;

function databaseOf(lines: readonly string[]): Database | null {
  const read = lines.map(rowsOf);
  const [bridges, ports, interfaces, controllers] = read;
  if (!bridges || !ports || !interfaces || !controllers) return null;
  const ofports = new Map(interfaces.map((row) => [row.name, numberOf(row.ofport)]));
  return {
    bridges: bridges.map((row) => ({
      name: String(row.name),
      datapath: String(row.datapath_type) || 'system',
      fail_mode: typeof row.fail_mode === 'string' ? row.fail_mode : null,
    })),
    ports: ports
      .map((row) => ({
        name: String(row.name),
        tag: numberOf(row.tag),
        vlan: numberOf(Number(entryOf(row.external_ids, 'vlan'))),
        ofport: ofports.get(row.name) ?? null,
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    controllers: controllers.map((row) => ({
      target: String(row.target),
      connected: row.is_connected === true,
    })),
  };
}

/** @returns undefined for what is no table. */
function rowsOf(line: string): Row[] | undefined {
  try {
    const { headings, data } = table.parse(JSON.parse(line));
    return data.map((row) => Object.fromEntries(headings.map((name, at) => [name, row[at]])));
  } catch {
    return undefined;
  }
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) ? value : null;
}

/** Of an OVSDB map: `["map", [["vlan", "10"]]]` (RFC 7047 §5.1). */
const map = z.tuple([z.literal('map'), z.array(z.tuple([z.string(), z.string()]))]);

function entryOf(value: unknown, key: string): string | undefined {
  const read = map.safeParse(value);
  return read.success ? read.data[1].find(([name]) => name === key)?.[1] : undefined;
}

const NO_ANSWER = 'no answer';

function flowsOf(lines: readonly string[]): BridgeFlows[] {
  const found: BridgeFlows[] = [];
  let words: string[] = [];
  for (const line of lines) {
    const bridge = /^bridge (.+)$/.exec(line)?.[1];
    const [own] = found.slice(-1);
    const counted = /^counted (\d+)$/.exec(line)?.[1];
    if (bridge !== undefined) {
      // Where there is no bridge, the shell leaves the pattern as it is.
      if (bridge !== '*') found.push({ bridge, cookies: [], flows: [] });
      words = [];
    } else if (!own) continue;
    else if (counted !== undefined) own.counted = Number(counted);
    else if (line === NO_ANSWER) own.trouble = words.join(' ') || NO_ANSWER;
    else if (/\bactions=/.test(line)) takeFlow(own, line.trim());
    else if (line.trim() !== '') words.push(line.trim());
  }
  for (const one of found) one.flows.sort();
  return found;
}

/** ` cookie=0x2b, table=60, priority=3 actions=NORMAL`; a cookie of 0 is left out. */
function takeFlow(own: BridgeFlows, line: string): void {
  const [, cookie = '0x0', flow = line] = /^(?:cookie=(0x[0-9a-f]+),? ?)?(.*)$/.exec(line) ?? [];
  if (!own.cookies.includes(cookie)) own.cookies.push(cookie);
  own.flows.push(flow);
}
