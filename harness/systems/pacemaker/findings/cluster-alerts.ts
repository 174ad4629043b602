/** What Pacemaker reported to the alert agent of one node (Pacemaker Administration, "Alert Agents"). */
export interface ClusterAlert {
  /** The controller's own time of the event, nanoseconds since 1970, in whole microseconds. */
  at_epoch_ns: bigint;
  /** `node`, `resource`, `fencing` or `attribute`. */
  kind: string;
  /** The node that the event is about, not the one that reports it. */
  node: string;
  resource?: string;
  /** `start`, `stop`, `monitor` … */
  task?: string;
  interval_ms?: number;
  /** What the resource agent answered (OCF 1.1 §3.7). */
  rc?: number;
  /** Pacemaker's own word on the operation: 0 is done, 1 cancelled, 2 timed out … */
  status?: number;
  exec_ms?: number;
  /** Of a node's event `member` or `lost`, of an operation its result in words. */
  desc?: string;
}

const LINE = /^(?<seconds>\d{1,12})\.(?<micros>\d{1,6})$/;

/**
 * The lines of the file that the cluster image's alert agent writes, separated by tabs:
 * `seconds.microseconds kind node resource task interval_ms rc status exec_ms desc`. A line without its end (the node
 * died while it was being written) and a line that is none are left out.
 */
export function parseAlerts(text: string): ClusterAlert[] {
  return text
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => alertOf(line) ?? []);
}

function alertOf(line: string): ClusterAlert | undefined {
  const [time = '', kind, node, ...rest] = line.split('\t');
  const clock = LINE.exec(time)?.groups;
  if (!clock || kind === undefined || node === undefined || rest.length < 7) return undefined;
  const [resource, task, interval, rc, status, exec, ...desc] = rest;
  const said = {
    ...text('resource', resource),
    ...text('task', task),
    ...number('interval_ms', interval),
    ...number('rc', rc),
    ...number('status', status),
    ...number('exec_ms', exec),
    ...text('desc', desc.join(' ')),
  };
  // Microseconds of an older agent have lost their leading zeros: they are a number, not a fraction.
  return {
    at_epoch_ns: BigInt(clock.seconds!) * 1_000_000_000n + BigInt(clock.micros!) * 1000n,
    kind,
    node,
    ...said,
  };
}

function text<K extends string>(key: K, value: string | undefined): { [key in K]?: string } {
  return value ? ({ [key]: value } as { [key in K]: string }) : {};
}

function number<K extends string>(key: K, value: string | undefined): { [key in K]?: number } {
  return value && /^-?\d+$/.test(value) ? ({ [key]: Number(value) } as { [key in K]: number }) : {};
}

/**
 * Of what an alert agent wrote down since its node was made, the lines of one trial: its file grows for as long as the lab
 * lives. A line that has no time stays.
 * @param since_s seconds since 1970.
 */
export function alertsSince(text: string, since_s: number): string {
  return text
    .split(/(?<=\n)/)
    .filter((line) => !(Number.parseInt(line, 10) < Math.floor(since_s)))
    .join('');
}
