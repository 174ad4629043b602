import { connectEngine } from '../engine/connect.ts';
import { builtImages } from '../engine/image-of-node.ts';
import { formatProblem } from '../ground/errors.ts';
import { jsonText } from '../ground/json-text.ts';
import { listLabs } from '../lab/list-labs.ts';
import { up as build } from '../lab/up.ts';
import { NeutronServer } from '../systems/dhcp/live/neutron-server.ts';
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
  // The engine answers while the code that reads the file is loaded. What is wrong with the file is told first.
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
  const { loadNetworks } = await import('../systems/dhcp/config/load-networks.ts');
  const networks = await loadNetworks(topology, env);
  const { loadClusters } = await import('../systems/pacemaker/config/load-clusters.ts');
  const { loadKeepalived } = await import('../systems/vrrp/config/load-keepalived.ts');
  const clusters = await loadClusters(topology, env);
  refuseUnasked(given, used.asked());
  const overlooked = used.overlooked(topology.file, process.env);
  for (const note of [
    ...(topology.notes ?? []),
    ...clusters.notes,
    ...(await loadKeepalived(topology)),
    ...overlooked,
  ])
    context.say(`note: ${formatProblem(note)}`);
  const engine = await connecting;
  const signal = context.interruptible();
  const lab = await build(engine, topology, {
    name: options.name,
    images: await looking,
    ...(networks ? { onLab: (built) => void NeutronServer.create(built, networks) } : {}),
    signal,
    onProgress: context.progress,
  });
  const { checkDaemons, checkKeepalived } = await import('../systems/vrrp/live/check-daemons.ts');
  const { checkPlainDnsmasqs } = await import('../systems/dhcp/live/plain-dnsmasq.ts');
  try {
    await checkDaemons(lab, clusters, signal);
    await checkKeepalived(lab, signal);
    await checkPlainDnsmasqs(lab);
  } catch (error) {
    await lab.down();
    throw error;
  }
  await lab.release();
  lab.disconnect();
  const summary = (await listLabs(engine)).find((one) => one.lab === lab.name);
  if (options.json) context.out(jsonText(summary));
  else if (summary) context.out(nodeTable([summary]));
  return 0;
};
