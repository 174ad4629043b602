import { EnvironmentError } from '../../../ground/errors.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { parseConnectionEntries } from '../findings/connection-entries.ts';
import { parseConntrackdStats } from '../findings/conntrackd-stats.ts';
import type { ConntrackdSeen } from './conntrackd-seen.ts';
import type { DaemonSeen } from './daemon-state.ts';

const ANSWER_TIMEOUT_S = 3;
/** For tens of thousands of connections. */
const ENTRIES_TIMEOUT_S = 20;
const CALL_MARGIN_MS = 5000;
/** What lists of so many connections may take, of less than 200 bytes each: the most that are compared one by one. */
const MOST_MIB = 24;
const MOST_ENTRIES = 40_000;
/** conntrack(8) prints a state that conntrackd's own lists have too; between them this line. */
const NEXT = '--- hadrill ---';
const SCRIPT = `"$@" -s || exit; for list in "-s network" -i -e; do echo '${NEXT}'; "$@" $list; done; echo '${NEXT}'; conntrack -L; conntrack -L -f ipv6`;

type Answer = Pick<ConntrackdSeen, 'stats' | 'silence' | 'entries' | 'ignored'>;

/** By its own control socket: what it counts. A daemon that synchronises nothing answers with neither. */
export async function askConntrackd(lab: Lab, node: LabNode, daemon: DaemonSeen): Promise<Answer> {
  return asked(async () => {
    const { status, stdout, stderr } = await run(lab, node, [...commandOf(daemon), '-s'], ANSWER_TIMEOUT_S);
    if (status !== 0) return { silence: lastLine(stderr) ?? `exit status ${status}` };
    return { stats: parseConntrackdStats(stdout) };
  });
}

/**
 * The same, and the connections themselves, where the node has a shell and there are not more than MOST_ENTRIES: what is
 * not compared is counted.
 */
export async function askForEntries(
  lab: Lab,
  node: LabNode,
  daemon: DaemonSeen,
  { stats }: ConntrackdSeen,
): Promise<Answer> {
  if (stats === undefined || Math.max(stats.internal ?? 0, stats.external ?? 0) > MOST_ENTRIES)
    return askConntrackd(lab, node, daemon);
  return asked(async () => {
    const argv = ['sh', '-c', SCRIPT, 'sh', ...commandOf(daemon)];
    const { stdout } = await run(lab, node, argv, ENTRIES_TIMEOUT_S, MOST_MIB);
    const [said, network, internal, external, kernel] = stdout.split(`${NEXT}\n`);
    if (said === undefined || kernel === undefined) return askConntrackd(lab, node, daemon);
    return {
      stats: parseConntrackdStats(said),
      ignored: ignoredIn(network!),
      entries: {
        internal: parseConnectionEntries(internal!),
        external: parseConnectionEntries(external!),
        kernel:
          kernel === '' && (await lacksConntrack(lab, node)) ? undefined : parseConnectionEntries(kernel),
      },
    };
  });
}

/** An empty table looks like a program that is not there. */
async function lacksConntrack(lab: Lab, { pid }: LabNode): Promise<boolean> {
  return !(await lab.agent.call('has_program', { pid, name: 'conntrack' }));
}

/** Messages of its peers that it threw away because it had seen one with a higher number (`Packets before`). */
function ignoredIn(text: string): number | undefined {
  const found = /Packets before:\s*(\d+)/.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

function commandOf({ argv }: DaemonSeen): string[] {
  const config = argv.indexOf('-C');
  return [argv[0]!, ...(config > 0 && argv[config + 1] ? ['-C', argv[config + 1]!] : [])];
}

function run(lab: Lab, { container_id }: LabNode, argv: string[], timeout_s: number, most_mib = 1) {
  const args = { container_id, argv, timeout_s, most_mib };
  return lab.agent.call('run_in_node', args, timeout_s * 1000 + CALL_MARGIN_MS);
}

async function asked(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof EnvironmentError) return { silence: error.message };
    throw error;
  }
}

function lastLine(text: string): string | undefined {
  return text.trim().split('\n').at(-1) || undefined;
}
