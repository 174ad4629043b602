import { connectEngine } from '../engine/connect.ts';
import { builtImages } from '../engine/image-of-node.ts';
import { formatProblem } from '../ground/errors.ts';
import { jsonText } from '../ground/json-text.ts';
import { listLabs } from '../lab/list-labs.ts';
import type { Command } from './context.ts';
import { nodeTable } from './ps.ts';
import { namedVariables } from './variables.ts';

/** Builds a lab that outlives the command. */
export const up: Command<{
  topology: string;
  name?: string;
  allowHostBinds?: boolean;
  strict?: boolean;
  var?: string[];
  json?: boolean;
}> = async (context, options) => {
  // The engine answers while the code that reads the file is loaded. What is wrong with the file is reported first.
  const connecting = connectEngine();
  const looking = connecting.then(builtImages);
  looking.catch(() => undefined);
  const given = namedVariables(options.var ?? [], process.env);
  const { NamedVariables, refuseUnasked } = await import('../topology/named-variables.ts');
  const used = new NamedVariables(given);
  const { env } = used;
  const { loadTopology } = await import('../topology/load-topology.ts');
  const topology = await loadTopology(options.topology, {
    env,
    allow_host_binds: options.allowHostBinds ?? false,
    strict: options.strict ?? false,
  });
  const { loadSystems } = await import('../systems/load-systems.ts');
  const systems = await loadSystems(topology, env);
  refuseUnasked(given, used.asked());
  const overlooked = used.overlooked(topology.file, process.env);
  for (const note of [...(topology.notes ?? []), ...systems.notes, ...overlooked])
    context.say(`note: ${formatProblem(note)}`);
  const engine = await connecting;
  const signal = context.interruptible();
  const { openLab } = await import('../systems/open-lab.ts');
  const lab = await openLab(engine, topology, systems, {
    ...(options.name === undefined ? {} : { name: options.name }),
    images: await looking,
    signal,
    onProgress: context.progress,
  });
  await lab.release();
  lab.disconnect();
  const summary = (await listLabs(engine)).find((one) => one.lab === lab.name);
  if (options.json) context.out(jsonText(summary));
  else if (summary) context.out(nodeTable([summary]));
  return 0;
};
