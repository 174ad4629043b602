import type { Lab, LabNode } from '../lab/lab.ts';
import { liveSystems } from './live.ts';

/** How each daemon reports its version. */
const VERSION_COMMANDS = liveSystems.flatMap(({ daemons = {} }) => Object.entries(daemons));

/** The versions of the daemons of the systems under test, as the first of these nodes says that has each: `2.3.3`, by name. */
export async function daemonVersions(lab: Lab, nodes: readonly LabNode[]): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const node of nodes) {
    for (const [daemon, command] of VERSION_COMMANDS) {
      if (daemon in versions) continue;
      if (!(await lab.agent.call('has_program', { pid: node.pid, name: daemon }))) continue;
      const said = await lab.exec(node.name, [...command]);
      const number = /v?(\d+\.\d+(?:\.\d+)*)/.exec(said.stdout + said.stderr)?.[1];
      if (number) versions[daemon] = number;
    }
  }
  return versions;
}
