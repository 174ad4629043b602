import path from 'node:path';
import { DeadlineError, EnvironmentError } from '../../../ground/errors.ts';
import { maskSecrets } from '../../../ground/mask-secrets.ts';
import type { RouterMember } from '../../../journal/trial-facts.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { readNodeFile } from '../../../lab/read-node-file.ts';
import { keepalivedOptions } from '../config/keepalived-argv.ts';

/** The daemon answers within milliseconds; of a starved machine this is ample. */
const DUMP_TIMEOUT_S = 2;

/** What is known of a node's keepalived. */
export type KeepalivedFacts = Pick<
  RouterMember,
  'keepalived_conf' | 'keepalived_dump' | 'keepalived_argv' | 'keepalived_trouble'
>;

/**
 * Asks a node's keepalived what it runs with, and reads the file that it was started with. The running daemon writes
 * its dump on SIGUSR1, in some milliseconds, and goes on; do it before the quiet time in front of a fault.
 * What can't be had is left out, and `keepalived_trouble` says why. Passwords are masked: nothing needs them.
 */
export async function readKeepalived(lab: Lab, node: LabNode): Promise<KeepalivedFacts> {
  if (node.pid === 0) return { keepalived_trouble: `node '${node.name}' is down` };
  const daemons = await lab.agent.call('running_keepalived', { container_id: node.container_id });
  const first = daemons[0];
  const { file } = keepalivedOptions(first?.argv ?? []);
  const conf = await readNodeFile(
    lab,
    first?.pid ?? node.pid,
    path.posix.resolve(first?.folder ?? '/', file),
  );
  const facts: KeepalivedFacts = conf === undefined ? {} : { keepalived_conf: maskSecrets(conf) };
  if (!first) return { ...facts, keepalived_trouble: `keepalived does not run on ${node.name}` };
  facts.keepalived_argv = first.argv;
  try {
    const dumps: string[] = [];
    for (const { pid } of daemons) dumps.push(await dumpOf(lab, node, pid, conf));
    return { ...facts, keepalived_dump: dumps.join('') };
  } catch (error) {
    if (!(error instanceof EnvironmentError || error instanceof DeadlineError)) throw error;
    return { ...facts, keepalived_trouble: error.message };
  }
}

async function dumpOf(lab: Lab, node: LabNode, pid: number, conf: string | undefined): Promise<string> {
  const { text } = await lab.agent.call('dump_keepalived', {
    container_id: node.container_id,
    pid,
    path: dumpFile(conf) ?? null,
    timeout_s: DUMP_TIMEOUT_S,
  });
  return text.replace(/^( *Password = ).*$/gm, '$1***');
}

/** Where the configuration wants the dump, if it is an absolute path of a file. */
function dumpFile(conf: string | undefined): string | undefined {
  return /^\s*state_dump_file\s+"?(\/[^\s"]*[^\s"/])"?/m.exec(conf ?? '')?.[1];
}
