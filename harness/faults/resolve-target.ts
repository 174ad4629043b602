import { EnvironmentError, InputError } from '../ground/errors.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { dhcpClientEvents } from '../systems/dhcp/live/dhcp-client-events.ts';
import { holdersOf, type VirtualRouter, virtualRouters } from '../systems/vrrp/live/virtual-routers.ts';
import type { NodeSelector, Target } from '../topology/targets.ts';
import { resolveActive, resolveStandby } from './resolve-active.ts';

/** The ways in which a fault can be aimed. */
export type TargetForm = 'node' | 'host' | 'process' | 'interface';

/** A target with the roles replaced by who played them at that moment. */
export type ResolvedTarget =
  | { form: 'node'; node: string }
  | { form: 'host'; host: string; nodes: string[] }
  | { form: 'process'; node: string; process: string }
  | { form: 'interface'; node: string; interface: string };

/** The form of a target, before anything is known of the lab. */
export function targetForm(target: Target): TargetForm {
  return target.kind === 'host-of' ? 'host' : target.kind;
}

/**
 * Finds out what a target is right now.
 * @throws InputError when it is nothing: no such node, nobody plays the role.
 */
export async function resolveTarget(lab: Lab, target: Target): Promise<ResolvedTarget> {
  switch (target.kind) {
    case 'host':
      return resolveHost(lab, target.host);
    case 'host-of':
      return resolveHost(lab, (await resolveNode(lab, target.node)).host);
    case 'node':
      return { form: 'node', node: (await resolveNode(lab, target.node)).name };
    case 'process':
      return { form: 'process', node: (await resolveNode(lab, target.node)).name, process: target.process };
    case 'interface':
      return {
        form: 'interface',
        node: (await resolveNode(lab, target.node)).name,
        interface: target.interface,
      };
  }
}

/** For reports: `host:node1 (r1)`. */
export function describeResolved(target: ResolvedTarget): string {
  switch (target.form) {
    case 'node':
      return target.node;
    case 'host':
      return `host:${target.host} (${target.nodes.join(', ')})`;
    case 'process':
      return `${target.node}/${target.process}`;
    case 'interface':
      return `${target.node}:${target.interface}`;
  }
}

/** The nodes that a resolved target takes part of. */
export function nodesOf(lab: Lab, target: ResolvedTarget): LabNode[] {
  return target.form === 'host' ? lab.nodesOfHost(target.host) : [lab.node(target.node)];
}

function resolveHost(lab: Lab, host: string): ResolvedTarget {
  const nodes = lab.nodesOfHost(host).map((node) => node.name);
  if (nodes.length === 0) {
    const hosts = [...new Set(lab.nodes.map((node) => node.host))];
    throw new InputError(`lab '${lab.name}' has no host '${host}'; it has ${hosts.join(', ')}`);
  }
  return { form: 'host', host, nodes };
}

async function resolveNode(lab: Lab, selector: NodeSelector): Promise<LabNode> {
  if (selector.kind === 'node') return lab.node(selector.node);
  if (selector.kind === 'active') return resolveActive(lab, selector.resource);
  if (selector.kind === 'standby') return resolveStandby(lab, selector.resource);
  if (selector.kind === 'server') return serverOf(lab, selector.client);
  const router = virtualRouters(lab).find((one) => one.name === selector.router);
  if (!router) {
    const known = virtualRouters(lab).map((one) => one.name);
    throw new InputError(
      `${selector.kind}(${selector.router}) resolves to nothing: lab '${lab.name}' has ` +
        `${known.length > 0 ? `the virtual routers ${known.join(', ')}` : 'no virtual router'}`,
    );
  }
  return memberInRole(lab, router, selector.kind);
}

async function memberInRole(lab: Lab, router: VirtualRouter, role: 'master' | 'backup'): Promise<LabNode> {
  const holders = await holdersOf(lab, router);
  const names = router.members.map((node) => node.name).join(', ');
  if (role === 'master') {
    const [master, ...more] = holders;
    if (master && more.length === 0) return master;
    const who = holders.length === 0 ? 'none of' : 'more than one of';
    throw new InputError(
      `master(${router.name}) resolves to nothing: ${who} ${names} holds ${router.vip} now`,
    );
  }
  const backup = router.members.find((node) => node.pid > 0 && !holders.includes(node));
  if (backup) return backup;
  throw new InputError(
    `backup(${router.name}) resolves to nothing: of ${names}, none waits for ${router.vip} now`,
  );
}

/** The server that granted the lease which a client holds, by the client's own word. */
async function serverOf(lab: Lab, client: string): Promise<LabNode> {
  const events = await dhcpClientEvents(lab, lab.node(client)).catch((error: unknown) => {
    if (error instanceof EnvironmentError) return [];
    throw error;
  });
  const server = events.findLast((event) => event.server !== null)?.server;
  const nothing = `server(${client}) resolves to nothing:`;
  if (!server) throw new InputError(`${nothing} no DHCP client of '${client}' has told of a lease`);
  const node = lab.nodes.find(({ ports }) => ports.some(({ ipv4 }) => ipv4?.split('/')[0] === server));
  if (!node) throw new InputError(`${nothing} its lease is from ${server}, which no node of the lab has`);
  return node;
}
