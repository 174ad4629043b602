import pLimit from 'p-limit';
import { containerLogLines } from '../engine/container-log.ts';
import { messageOf } from '../ground/errors.ts';
import type { LabTime } from '../ground/time.ts';
import { withDeadline } from '../ground/wait.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { ignoredLines } from '../topology/ignored-lines.ts';
import type { LogLine, NodeLog } from './judge-log.ts';

const TIMEOUT_MS = 10_000;
/** Of one node in one trial: a server may log every request. */
const MOST_LINES = 200_000;
const AT = /^(\d{4}-\S+Z) /;
/** The engine reads each log from its file. */
const reads = pLimit(4);

/** What all nodes have logged since a moment. */
export function readLogs(lab: Lab, since_ns: LabTime): Promise<NodeLog[]> {
  return Promise.all(lab.nodes.map((node) => reads(() => readLog(lab, node, since_ns))));
}

async function readLog(lab: Lab, node: LabNode, since_ns: LabTime): Promise<NodeLog> {
  const lines: LogLine[] = [];
  const pattern = ignoredLines(node.spec.labels);
  const log = { node: node.name, lines, ...(pattern ? { ignored: pattern } : {}) };
  try {
    const whole = await withDeadline(
      `the log of ${node.name}`,
      TIMEOUT_MS,
      takeLines(lab, node, since_ns, lines),
    );
    return whole ? log : { ...log, gap: `it has more than ${MOST_LINES} lines, and no more were read` };
  } catch (error) {
    return { ...log, gap: `it could not be read: ${messageOf(error)}` };
  }
}

/** @returns whether these are all. */
async function takeLines(lab: Lab, node: LabNode, since_ns: LabTime, lines: LogLine[]): Promise<boolean> {
  const { epoch_ns } = lab.agent;
  const since_s = Number((epoch_ns + BigInt(since_ns)) / 1_000_000n) / 1000;
  // What its own container said last, where another one stands in for it, comes first.
  const ids = [...(node.own ? [node.own.container_id] : []), node.container_id];
  for (const id of ids) {
    const container = lab.engine.docker.getContainer(id);
    for await (const line of containerLogLines(container, { timestamps: true, since_s })) {
      const at = AT.exec(line);
      if (!at) continue;
      const at_ns = Number(BigInt(Date.parse(at[1]!)) * 1_000_000n - epoch_ns);
      if (at_ns < since_ns) continue;
      if (lines.length >= MOST_LINES) return false;
      lines.push({ at_ns, text: line.slice(at[0].length) });
    }
  }
  return true;
}
