import { didYouMean } from '../ground/near-name.ts';
import { parseByteSize } from './byte-size.ts';
import { resolveCapabilities } from './capabilities.ts';
import { imageProblem, MIN_CPUS, MIN_MEMORY_BYTES, sysctlProblem, userProblem } from './container-words.ts';
import { joinLists, kindOf, type Layer, layersOf, mergeEntries, pick } from './inheritance.ts';
import { nodeNameProblem } from './names.ts';
import { parseCommand } from './parse-command.ts';
import type { PlacedBmc } from './read-bmc.ts';
import { resolveBinds } from './resolve-binds.ts';
import type { ResolveContext } from './resolve-context.ts';
import { type PlacedDhcp, type PlacedMember, resolveLabels } from './resolve-labels.ts';
import { type PlacedRule, resolveStages } from './resolve-stages.ts';
import type { Healthcheck, TopologyBmc, TopologyNode } from './topology.ts';

export interface PlacedNode {
  node: TopologyNode;
  rules: PlacedRule[];
  members: PlacedMember[];
  dhcp: PlacedDhcp;
  bmc: PlacedBmc | undefined;
}

/** Puts together what a Linux node is, from itself, its group, its kind and the defaults. */
export function resolveNode(context: ResolveContext, name: string): PlacedNode {
  const layers = layersOf(context.clab, name);
  checkIdentity(context, name, layers);
  const { host, labels, virtual_routers: members, dhcp, cluster, bmc } = resolveLabels(context, name, layers);
  const { rules, execs } = resolveStages(context, name, layers);
  const words = (key: 'cmd' | 'entrypoint') => {
    const command = pick(layers, key);
    // An empty text means "as the image says", like no text at all.
    return command?.value.trim() ? parseCommand(context, command.value, command.path, name) : undefined;
  };
  const image = pick(layers, 'image');
  const node: TopologyNode = {
    name,
    host,
    image: image?.value ?? '',
    cmd: words('cmd'),
    entrypoint: words('entrypoint'),
    env: resolveEnv(context, layers),
    binds: resolveBinds(context, name, layers),
    exec: joinLists(layers, 'exec').flatMap(({ value, path }) => {
      const command = parseCommand(context, value, path, name);
      return command ? [command] : [];
    }),
    labels,
    sysctls: resolveSysctls(context, layers),
    cap_add: resolveCapabilities(context, layers),
    ...resolveSecurity(layers),
    startup_delay_ms: (pick(layers, 'startup-delay')?.value ?? 0) * 1000,
    healthcheck: resolveHealthcheck(context, layers),
    stages: rules.map(({ enters, node: awaited, stage }) => ({ enters, node: awaited, stage })),
    stage_execs: execs,
    memory_bytes: bytes(context, layers, 'memory', MIN_MEMORY_BYTES),
    shm_bytes: bytes(context, layers, 'shm-size', 1),
    cpus: pick(layers, 'cpu')?.value,
    user: pick(layers, 'user')?.value.toString(),
    virtual_routers: members.map(({ name: router, vrid, vip }) => ({ name: router, vrid, vip })),
    dhcp_network: dhcp.network?.value,
    networks_file: dhcp.networks_file?.value,
    cluster,
    ...(bmc ? { bmc: bmcOf(bmc) } : {}),
  };
  return { node, rules, members, dhcp, bmc };
}

function checkIdentity(context: ResolveContext, name: string, layers: readonly Layer[]): void {
  const path = ['topology', 'nodes', name];
  const problem = nodeNameProblem(name);
  if (problem) {
    const hint = name.includes('|') ? " ('NAME|NODE' is a bridge: it needs 'kind: bridge')" : '';
    context.report(path, problem + hint, 'key');
  }
  const isRefused = (key: string) => layers.some((layer) => context.isRefused([...layer.path, key]));
  if (kindOf(context.clab, name) === undefined && !isRefused('kind')) {
    context.report(
      path,
      `node '${name}' has no kind: write 'kind: linux' on it, its group or under defaults`,
      'key',
    );
  }
  if (!pick(layers, 'image') && !isRefused('image')) {
    context.report(path, `node '${name}' has no image: give it one, or its group, kind or defaults`, 'key');
  }
  const user = pick(layers, 'user');
  const problems = [
    { path: pick(layers, 'image')?.path, problem: imageProblem(pick(layers, 'image')?.value ?? 'none') },
    { path: user?.path, problem: userProblem(user?.value.toString() ?? 'none') },
  ];
  for (const { path: at, problem: message } of problems) if (at && message) context.report(at, message);
  const cpu = pick(layers, 'cpu');
  if (cpu && cpu.value < MIN_CPUS) {
    context.report(cpu.path, `'cpu: ${cpu.value}' is out of range: the engine takes ${MIN_CPUS} or more`);
  }
  const mode = pick(layers, 'network-mode');
  if (mode?.value.startsWith('container:')) {
    const reason = 'every node has a network namespace of its own, so that it can fail by itself';
    context.report(
      mode.path,
      `'network-mode: ${mode.value}' is not supported by hadrill for a linux node: ${reason}`,
    );
  }
}

function resolveSecurity(layers: readonly Layer[]): Pick<TopologyNode, 'security_opts'> {
  const opts = new Set(layers.flatMap(({ settings }) => settings['security-opts'] ?? []));
  return opts.size > 0 ? { security_opts: [...opts] } : {};
}

/** Kinds that no node is of may be listed, whatever they hold; a typing error of a supported one has no effect. */
export function checkKinds(context: ResolveContext): void {
  const supported = ['linux', 'bridge'];
  for (const kind of Object.keys(context.clab.topology.kinds ?? {})) {
    const near = didYouMean(kind, supported);
    if (!supported.includes(kind) && near)
      context.report(['topology', 'kinds', kind], `unknown kind '${kind}'${near}`, 'key');
  }
}

/** Reports groups that are referred to and not defined. */
export function checkGroups(context: ResolveContext): void {
  const { defaults, kinds, groups, nodes } = context.clab.topology;
  const known = Object.keys(groups ?? {});
  const report = (group: string | undefined, path: string[]) => {
    if (group === undefined || known.includes(group)) return;
    const list = known.length > 0 ? `; defined: ${known.join(', ')}` : '; topology.groups defines none';
    context.report([...path, 'group'], `unknown group '${group}'${didYouMean(group, known)}${list}`);
  };
  report(defaults?.group, ['topology', 'defaults']);
  for (const kind of ['linux', 'bridge'] as const) report(kinds?.[kind]?.group, ['topology', 'kinds', kind]);
  for (const [name, settings] of Object.entries(nodes)) report(settings?.group, ['topology', 'nodes', name]);
}

function texts(
  context: ResolveContext,
  layers: readonly Layer[],
  key: 'env' | 'sysctls',
): Record<string, string> {
  const entries = [...mergeEntries(layers, key)];
  return Object.fromEntries(
    entries.map(([name, { value, path }]) => [name, context.textOf(path) ?? String(value)]),
  );
}

function resolveEnv(context: ResolveContext, layers: readonly Layer[]): Record<string, string> {
  for (const [name, { path }] of mergeEntries(layers, 'env')) {
    if (name === '__IMPORT_ENVS') {
      const reason = 'a lab must not depend on whatever the shell has set; name the variables';
      context.report(path, `containerlab's '__IMPORT_ENVS' is not supported by hadrill: ${reason}`, 'key');
    } else if (name === '' || name.includes('=')) {
      context.report(path, `'${name}' is not a valid name for an environment variable`, 'key');
    }
  }
  return texts(context, layers, 'env');
}

function resolveSysctls(context: ResolveContext, layers: readonly Layer[]): Record<string, string> {
  for (const [name, { path }] of mergeEntries(layers, 'sysctls')) {
    const problem = sysctlProblem(name);
    if (problem) context.report(path, problem, 'key');
  }
  return texts(context, layers, 'sysctls');
}

function bytes(
  context: ResolveContext,
  layers: readonly Layer[],
  key: 'memory' | 'shm-size',
  least: number,
): number | undefined {
  const size = pick(layers, key);
  const value = size && parseByteSize(size.value);
  if (size && value !== undefined && (value < least || !Number.isSafeInteger(value))) {
    const limit = least > 1 ? `${least / 1024 ** 2} MiB` : `${least} byte`;
    context.report(size.path, `'${key}: ${size.value}' is out of range: the engine takes ${limit} or more`);
  }
  return value;
}

/** Docker's own defaults where the file says nothing or 0. */
function resolveHealthcheck(context: ResolveContext, layers: readonly Layer[]): Healthcheck | undefined {
  const written = pick(layers, 'healthcheck');
  if (!written) return undefined;
  const { test, interval, timeout, retries, 'start-period': start } = written.value;
  if (!['CMD', 'CMD-SHELL', 'NONE'].includes(test[0]!)) {
    const message = `'test' begins with '${test[0]}': it begins with CMD (then arguments), CMD-SHELL (then one command) or NONE`;
    context.report([...written.path, 'test', 0], message);
  } else if (test[0] === 'CMD-SHELL' ? test.length !== 2 : test[0] === 'CMD' && test.length < 2) {
    const needs = test[0] === 'CMD' ? 'at least one argument' : 'exactly one command';
    context.report([...written.path, 'test'], `'test' needs ${needs} after ${test[0]}`);
  }
  return {
    test,
    start_period_ms: (start ?? 0) * 1000,
    interval_ms: (interval || 30) * 1000,
    timeout_ms: (timeout || 30) * 1000,
    retries: retries || 3,
  };
}

/** Without the place of its label. */
function bmcOf({ path: _, ...bmc }: PlacedBmc): TopologyBmc {
  return bmc;
}
