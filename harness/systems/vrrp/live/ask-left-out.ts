import { DeadlineError, EnvironmentError } from '../../../ground/errors.ts';
import type { RouterFacts, RouterMember } from '../../../journal/trial-facts.ts';
import type { Lab } from '../../../lab/lab.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
import { keepalivedOptions } from '../config/keepalived-argv.ts';
import { leftOutScripts, lineOfScript } from '../config/left-out-scripts.ts';

/** What members said, by node and configuration: it is asked once. */
const asked = new WeakMap<Lab, Map<string, Promise<string[]>>>();

/**
 * The check scripts that members' keepalived does not run, for people: it logs that and goes on, and the router then does not
 * fail over by them. Asks `keepalived --config-test`, which leaves the running daemon alone.
 */
export async function askLeftOut(lab: Lab, routers: readonly RouterFacts[]): Promise<string[]> {
  const known = asked.get(lab) ?? new Map<string, Promise<string[]>>();
  asked.set(lab, known);
  const members = routers.flatMap((router) => router.members);
  const answers = members.filter(hasScripts).map((member) => {
    const key = JSON.stringify([member.node, member.keepalived_argv, member.keepalived_conf]);
    const answer = known.get(key) ?? askMember(lab, member);
    known.set(key, answer);
    return answer;
  });
  return [...new Set((await Promise.all(answers)).flat())];
}

/** Perhaps in a file that it includes. */
function hasScripts({ keepalived_conf = '' }: RouterMember): boolean {
  return /^\s*(vrrp_script|include\w*)\s/m.test(keepalived_conf);
}

async function askMember(lab: Lab, member: RouterMember): Promise<string[]> {
  const { node, keepalived_argv = [], keepalived_conf = '' } = member;
  const { file, config_id } = keepalivedOptions(keepalived_argv);
  const id = config_id === undefined ? [] : ['--config-id', config_id];
  const question = ['keepalived', '--config-test', '--use-file', file, ...id];
  try {
    const { stdout, stderr } = await runInNode(lab, lab.node(node), question);
    return leftOutScripts(`${stderr}\n${stdout}`).map(({ name, why }) => {
      const line = lineOfScript(keepalived_conf, name);
      const place = line === undefined ? '' : ` (${file}:${line})`;
      return `${node} does not run the check script '${name}'${place}, so it does not fail over by it: ${why}`;
    });
  } catch (error) {
    if (error instanceof EnvironmentError || error instanceof DeadlineError) return [];
    throw error;
  }
}
