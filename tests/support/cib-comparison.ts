import { readFileSync } from 'node:fs';
import type { Lab } from '../../harness/lab/lab.ts';
import { type CibPrimitive, parseCib } from '../../harness/systems/pacemaker/config/cib.ts';
import { pacemakerTimeoutMs } from '../../harness/systems/pacemaker/config/pacemaker-time.ts';
import { repeatedMonitors, timeoutMs } from '../../harness/systems/pacemaker/findings/pacemaker-bounds.ts';
import { type ScheduledInstance, scheduledInstances } from './cib-graph.ts';
import type { Comparison } from './comparison.ts';
import { Seeded } from './seeded.ts';

const SIMULATE_ALL = readFileSync(new URL('../fixtures/cluster/simulate-all.sh', import.meta.url), 'utf8');
const NOW_MS = Date.parse('2026-11-28T12:00:00Z');
const ATTRIBUTES = [
  ...['target-role', 'is-managed', 'maintenance', 'migration-threshold', 'failure-timeout'],
  ...['migration-threshold', 'resource-stickiness'],
];
const PROMOTED = /^(?:promoted|master)$/i;

/** Compares what is read of a CIB with what Pacemaker in node `lb1` of the lab makes of it. */
export async function compareCibs(
  lab: Lab,
  texts: readonly string[],
  comparison: Comparison,
  seed: number,
): Promise<void> {
  const cibs = texts.map((text) => parseCib(text, 'cib.xml', NOW_MS));
  const seeded = new Seeded(seed);
  const files = texts.map((text, at) => ({
    [`/tmp/cib/${at}.xml`]: text,
    [`/tmp/cib/${at}.ask`]: `${seeded.any(cibs[at]!.primitives).id} ${seeded.any(ATTRIBUTES)}\n`,
  }));
  await lab.agent.call('write_node_files', {
    pid: lab.node('lb1').pid,
    files: Object.assign({}, ...files),
    remove: [],
  });
  const { stdout } = await lab.exec('lb1', ['sh', '-c', SIMULATE_ALL], 300_000);
  for (const part of stdout.split(/^=== /m).slice(1)) {
    const [name, ...lines] = part.split('\n');
    const said = lines.join('\n');
    const { primitives } = cibs[Number(name)]!;
    const text = texts[Number(name)]!;
    comparison.file(said !== '');
    if (said === '') continue;
    const metas = lines.filter((line) => line.startsWith('META '));
    for (const line of metas) compareMeta(line, primitives, comparison, text);
    for (const one of scheduledInstances(said.slice(said.indexOf('<transition_graph'))))
      compareInstance(one, primitives, comparison, text);
  }
}

function compareMeta(
  line: string,
  primitives: readonly CibPrimitive[],
  comparison: Comparison,
  text: string,
): void {
  const [, resource, name, ...words] = line.split(' ');
  const { meta, open_meta, clone } = primitives.find(({ id }) => id === resource)!;
  // Of clones alone Pacemaker has a default of its own.
  const own = meta[name!] ?? (name === 'resource-stickiness' && clone !== undefined ? '1' : '');
  if (open_meta.includes(name!)) comparison.open();
  else comparison.value(`${resource} ${name}`, own, words.join(' '), text);
}

function compareInstance(
  { resource, node, role, monitors }: ScheduledInstance,
  primitives: readonly CibPrimitive[],
  comparison: Comparison,
  text: string,
): void {
  const { operations, promotable } = primitives.find(({ id }) => id === resource)!;
  const own = repeatedMonitors(operations, promotable).filter(
    (one) => PROMOTED.test(one.role ?? '') === (role === 'Promoted'),
  );
  const what = `${resource} on ${node}, ${role}`;
  const intervals = (list: readonly { interval_ms: number }[]) =>
    list.map(({ interval_ms }) => interval_ms).toSorted((a, b) => a - b);
  comparison.value(`${what}: intervals`, intervals(own), intervals(monitors), text);
  for (const one of own) {
    const other = monitors.find(({ interval_ms }) => interval_ms === one.interval_ms);
    if (!other) continue;
    if (one.open !== undefined) {
      comparison.open();
      continue;
    }
    const at = `${what}, every ${one.interval_ms} ms`;
    comparison.value(`${at}: timeout`, timeoutMs(one), other.timeout_ms, text);
    comparison.value(`${at}: on-fail`, one.on_fail, other.on_fail, text);
    const delay = pacemakerTimeoutMs(one.start_delay ?? '') ?? 0;
    // Up to the next multiple of the interval since then.
    if (one.starts_at_origin) {
      comparison.value(`${at}: delay within it`, true, other.start_delay_ms <= one.interval_ms, text);
    } else comparison.value(`${at}: delay`, delay, other.start_delay_ms, text);
  }
}
