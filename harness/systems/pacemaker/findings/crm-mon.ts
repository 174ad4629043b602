import { InputError } from '../../../ground/errors.ts';
import { childrenOf, descendantsOf, readXml, type XmlElement } from '../config/xml.ts';
import type {
  ClusterFailure,
  ClusterNode,
  ClusterOperation,
  ClusterResource,
  ClusterState,
} from './cluster-state.ts';

export type { ClusterState };

/** Pacemaker's INFINITY, a score as large as any. */
const INFINITY = 1_000_000;

/**
 * Reads what `crm_mon -1 -rf --output-as=xml` wrote (crm_mon(8); Pacemaker 2.1 and 3). What is missing counts as
 * false, empty or 0.
 * @throws InputError when it is not such XML, or crm_mon reported that it reaches no cluster.
 */
export function parseCrmMon(xml: string): ClusterState {
  const { root } = readXml(xml, 'crm_mon');
  if (root.name !== 'pacemaker-result' && root.name !== 'crm_mon') {
    throw new InputError(`crm_mon: <${root.name.slice(0, 80)}> is not the state of a cluster`);
  }
  refuseStatus(root);
  const dc = childrenOf(root, 'summary').flatMap((summary) => childrenOf(summary, 'current_dc'))[0];
  const history = childrenOf(root, 'node_history').flatMap((one) => childrenOf(one, 'node'));
  const histories = history.flatMap((node) =>
    childrenOf(node, 'resource_history').map((one) => ({ node: attribute(node, 'name'), history: one })),
  );
  return {
    ...(dc?.attributes.name === undefined ? {} : { dc: dc.attributes.name }),
    with_quorum: dc !== undefined && isTrue(dc, 'with_quorum'),
    nodes: childrenOf(root, 'nodes').flatMap((one) => childrenOf(one, 'node').map(nodeOf)),
    resources: childrenOf(root, 'resources').flatMap((one) => resourcesOf(one)),
    failures: childrenOf(root, 'failures').flatMap((one) => childrenOf(one, 'failure').map(failureOf)),
    fail_counts: histories.flatMap(({ node, history }) => failCount(node, history)),
    operations: histories.flatMap(({ node, history }) =>
      childrenOf(history, 'operation_history').map((one) => operationOf(node, resourceId(history), one)),
    ),
  };
}

/** Where a resource runs: of a cloned one all nodes, of one that does not run none. */
export function activeNodes(state: ClusterState, resource_id: string): string[] {
  const found = state.resources.filter(({ id, clone }) => id === resource_id || clone === resource_id);
  return [...new Set(found.flatMap(({ nodes }) => nodes))];
}

/**
 * What keeps a cluster from being as it should be, one sentence each: nothing when every node is online, every
 * resource that is not set to stop runs, and no failure is on record.
 */
export function unclean(state: ClusterState): string[] {
  const { nodes, resources, failures, fail_counts } = state;
  const counts = fail_counts.filter(
    ({ node, resource }) => !failures.some((one) => one.node === node && one.resource === resource),
  );
  return [
    ...(state.dc === undefined ? ['no node is elected to decide (DC)'] : []),
    ...(state.with_quorum ? [] : ['there is no quorum']),
    ...nodes.flatMap((node) => nodeFault(node) ?? []),
    ...resources.flatMap((resource) => resourceFault(resource) ?? []),
    ...failures.map(
      ({ operation, resource, node, exit_status, exit_reason }) =>
        `a failed ${operation} of ${resource} on ${node} is on record: ${exit_reason || exit_status}`,
    ),
    ...counts.map(({ resource, node, count }) => `the fail count of ${resource} on ${node} is ${count}`),
  ];
}

function nodeFault({
  name,
  online,
  unclean: lost,
  pending,
  standby,
  maintenance,
}: ClusterNode): string | undefined {
  if (lost) return `${name} is unclean`;
  if (!online) return `${name} is offline`;
  if (pending) return `${name} is pending`;
  if (standby) return `${name} is on standby`;
  return maintenance ? `${name} is in maintenance` : undefined;
}

function resourceFault({ id, role, target_role, ...is }: ClusterResource): string | undefined {
  if (is.failed) return `resource ${id} has failed`;
  if (is.blocked) return `resource ${id} is blocked`;
  if (is.orphaned) return `resource ${id} is not in the configuration any more`;
  return is.active || target_role === 'Stopped' ? undefined : `resource ${id} is ${role || 'not active'}`;
}

function refuseStatus(root: XmlElement): void {
  const status = childrenOf(root, 'status')[0];
  const code = status?.attributes.code ?? '0';
  if (!status || code === '0') return;
  const errors = descendantsOf(status)
    .filter(({ name }) => name === 'error')
    .map(({ text }) => text.trim());
  const detail = errors.length > 0 ? `: ${errors.join('; ')}` : '';
  throw new InputError(`crm_mon: ${attribute(status, 'message') || `error ${code}`}${detail}`);
}

function nodeOf(node: XmlElement): ClusterNode {
  return {
    name: attribute(node, 'name'),
    online: isTrue(node, 'online'),
    standby: isTrue(node, 'standby') || isTrue(node, 'standby_onfail'),
    maintenance: isTrue(node, 'maintenance'),
    pending: isTrue(node, 'pending'),
    unclean: isTrue(node, 'unclean'),
    is_dc: isTrue(node, 'is_dc'),
    resources_running: number(node, 'resources_running'),
  };
}

/** Groups and clones nest; a group inside a clone is a set of instances. */
function resourcesOf(resources: XmlElement): ClusterResource[] {
  const byId = new Map<string, ClusterResource>();
  for (const one of instancesOf(resources, undefined)) {
    const other = byId.get(one.id);
    byId.set(one.id, other ? together(other, one) : one);
  }
  return [...byId.values()];
}

function instancesOf(parent: XmlElement, clone: string | undefined): ClusterResource[] {
  return childrenOf(parent).flatMap((child) => {
    if (child.name === 'resource') return [instanceOf(child, clone)];
    const isClone = child.name === 'clone' || child.name === 'bundle';
    return instancesOf(child, clone ?? (isClone ? attribute(child, 'id') : undefined));
  });
}

function instanceOf(resource: XmlElement, clone: string | undefined): ClusterResource {
  const { target_role } = resource.attributes;
  return {
    id: resourceId(resource),
    ...(clone === undefined ? {} : { clone }),
    agent: attribute(resource, 'resource_agent'),
    role: attribute(resource, 'role'),
    ...(target_role === undefined ? {} : { target_role }),
    active: isTrue(resource, 'active'),
    failed: isTrue(resource, 'failed'),
    blocked: isTrue(resource, 'blocked'),
    orphaned: isTrue(resource, 'orphaned'),
    managed: isTrue(resource, 'managed'),
    nodes: childrenOf(resource, 'node').map((node) => attribute(node, 'name')),
  };
}

function together(a: ClusterResource, b: ClusterResource): ClusterResource {
  return {
    ...a,
    role: [...new Set([...a.role.split(', '), b.role])].join(', '),
    active: a.active && b.active,
    failed: a.failed || b.failed,
    blocked: a.blocked || b.blocked,
    orphaned: a.orphaned || b.orphaned,
    managed: a.managed && b.managed,
    nodes: [...new Set([...a.nodes, ...b.nodes])],
  };
}

function failureOf(failure: XmlElement): ClusterFailure {
  const key = /^(?<resource>.+?)(?::\d+)?_(?<task>[a-z]+(?:_to|_from)?)_\d+$/.exec(
    attribute(failure, 'op_key'),
  );
  return {
    node: attribute(failure, 'node'),
    operation: failure.attributes.task ?? key?.groups?.task ?? '',
    resource: key?.groups?.resource ?? attribute(failure, 'op_key'),
    exit_status: attribute(failure, 'exitstatus'),
    exit_reason: attribute(failure, 'exitreason'),
  };
}

function failCount(node: string, history: XmlElement): ClusterState['fail_counts'] {
  const text = attribute(history, 'fail-count');
  const count = text.includes('INFINITY') ? INFINITY : Number.parseInt(text, 10);
  return count > 0 ? [{ node, resource: resourceId(history), count }] : [];
}

function operationOf(node: string, resource: string, operation: XmlElement): ClusterOperation {
  const last_change = operation.attributes['last-rc-change'];
  return {
    node,
    resource,
    call: number(operation, 'call'),
    task: attribute(operation, 'task'),
    interval_ms: number(operation, 'interval'),
    rc: number(operation, 'rc'),
    rc_text: attribute(operation, 'rc_text'),
    exec_ms: number(operation, 'exec-time'),
    queue_ms: number(operation, 'queue-time'),
    ...(last_change === undefined ? {} : { last_change }),
  };
}

/** Instances of a clone are numbered, `agent:0`; a resource's own name has no colon. */
function resourceId(element: XmlElement): string {
  return attribute(element, 'id').replace(/:\d+$/, '');
}

function attribute(element: XmlElement, name: string): string {
  return element.attributes[name] ?? '';
}

function isTrue(element: XmlElement, name: string): boolean {
  return element.attributes[name] === 'true';
}

/** Times are written `139ms`. */
function number(element: XmlElement, name: string): number {
  return Number.parseInt(attribute(element, name), 10) || 0;
}
