import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { output } from './faults.ts';

/** Says goodbye, into /run/bye, when it is asked to end. */
const POLITE = `#!/bin/sh
trap 'echo bye >> /run/bye; exit 0' TERM
while :; do sleep 0.05; done
`;

/**
 * Puts a service `polite` into a node and starts it, by the supervisor that hadrill's images have.
 * @param respawn whether the supervisor starts it again whenever it ends.
 */
export async function addPoliteService(lab: Lab, node: string, respawn = false): Promise<void> {
  const folder = '/run/service/polite';
  const script = [
    `cat > /usr/local/bin/polite <<'EOF'\n${POLITE}EOF`,
    `mkdir -p ${folder}`,
    `printf '#!/bin/sh\\nexec /usr/local/bin/polite\\n' > ${folder}/run`,
    `chmod +x /usr/local/bin/polite ${folder}/run`,
    ...(respawn ? [`rm -f ${folder}/down`] : [`: > ${folder}/down`]),
    `runsv ${folder} > /dev/null 2>&1 &`,
  ].join('\n');
  await output(lab, node, 'sh', '-c', script);
  await waitUntil({
    what: 'the service to run',
    timeout_ms: 10_000,
    check: async () => {
      await lab.exec(node, ['sv', respawn ? 'up' : 'once', 'polite']);
      return (await pidsOf(lab, node, 'polite')).length > 0;
    },
  });
}

/** Process ids of a name in a node, as the engine's machine sees them. */
export async function pidsOf(lab: Lab, node: string, name: string): Promise<number[]> {
  return (await named(lab, node, name)).map(({ pid }) => pid);
}

/** The kernel's letters for the states of the processes of a name in a node (proc(5)). */
export async function statesOf(lab: Lab, node: string, name: string): Promise<string[]> {
  return (await named(lab, node, name)).map(({ state }) => state);
}

async function named(lab: Lab, node: string, wanted: string) {
  const { container_id } = lab.node(node);
  const all = await lab.agent.call('container_processes', { container_id });
  return all.filter(({ name }) => name === wanted);
}

/** How often `polite` said goodbye. */
export async function goodbyes(lab: Lab, node: string): Promise<number> {
  const done = await lab.exec(node, ['cat', '/run/bye']);
  return done.stdout.split('\n').length - 1;
}
