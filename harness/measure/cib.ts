import { InputError, type Position } from '../ground/errors.ts';
import { CibIndex } from './cib-index.ts';
import type { PacemakerOperation } from './pacemaker-bounds.ts';
import { childrenOf, descendantsOf, readXml, type XmlElement } from './xml.ts';

/** What a Pacemaker configuration says ("Pacemaker Explained"), with the places where it says it. */
export interface Cib {
  /** `crm_config`: options of the whole cluster. */
  properties: Record<string, string>;
  /** Meta attributes of every resource that has no own. */
  rsc_defaults: Record<string, string>;
  op_defaults: Record<string, string>;
  primitives: CibPrimitive[];
  /** Colocations, orders and locations. */
  constraints: CibConstraint[];
  alert_paths: string[];
  /** Everything that constraints may name: resources, groups, clones, templates, tags. */
  resource_ids: string[];
  /** Every id that must be the only one of its name, in document order. */
  ids: { id: string; position: Position }[];
}

export interface CibPrimitive {
  id: string;
  /** `ocf`, `stonith`, `systemd` … */
  class: string;
  provider?: string;
  type: string;
  /** Instance attributes. */
  params: Record<string, CibValue>;
  meta: Record<string, string>;
  /** With the timeout that `op_defaults` give, where an operation has none. */
  operations: CibOperation[];
  clone?: string;
  group?: string;
  position: Position;
}

export interface CibOperation extends PacemakerOperation {
  position: Position;
}

export interface CibValue {
  value: string;
  position: Position;
}

export interface CibConstraint {
  kind: 'colocation' | 'order' | 'location';
  id: string;
  resources: { id: string; position: Position }[];
  /** Of a location without rules: which node, and how much it is wanted there. */
  node?: string;
  score?: string;
  position: Position;
}

const CONSTRAINTS: Record<string, CibConstraint['kind']> = {
  rsc_colocation: 'colocation',
  rsc_order: 'order',
  rsc_location: 'location',
};
/** Of a constraint that names two resources or one. */
const REFERENCES = ['rsc', 'with-rsc', 'first', 'then'];

/**
 * Reads a CIB as `cibadmin --query` prints it and as a node is given it. Of a value given twice the first counts;
 * values that a rule makes conditional are not followed.
 * @throws InputError with file:line:column when it is not well-formed XML, or no CIB.
 */
export function parseCib(xml: string, file: string): Cib {
  const source = readXml(xml, file);
  const { root } = source;
  const configuration = childrenOf(root, 'configuration')[0];
  if (root.name !== 'cib' || !configuration) {
    const message = root.name === 'cib' ? '<cib> has no <configuration>' : `<${root.name}> is no <cib>`;
    throw new InputError([{ message, position: source.positionOf(root) }]);
  }
  const index = new CibIndex(configuration);
  const section = (name: string) => childrenOf(configuration, name).flatMap((one) => childrenOf(one));
  const op_defaults = index.texts(section('op_defaults'));
  const all = descendantsOf(configuration);
  const primitives = childrenOf(configuration, 'resources').flatMap((resources) =>
    descendantsOf(resources).filter(({ name }) => name === 'primitive'),
  );
  return {
    properties: index.texts(section('crm_config')),
    rsc_defaults: index.texts(section('rsc_defaults')),
    op_defaults,
    primitives: primitives.map((one) => primitiveOf(one, index, op_defaults, source.positionOf)),
    constraints: section('constraints').flatMap((one) => constraintOf(one, source.positionOf) ?? []),
    alert_paths: section('alerts').flatMap(({ attributes }) => attributes.path ?? []),
    resource_ids: all.filter(({ name }) => NAMED.has(name)).flatMap(({ attributes }) => attributes.id ?? []),
    ids: all.flatMap((one) => {
      const { id } = one.attributes;
      return id === undefined || WITHOUT_OWN_ID.has(one.name)
        ? []
        : [{ id, position: source.positionOf(one) }];
    }),
  };
}

const NAMED = new Set(['primitive', 'group', 'clone', 'master', 'bundle', 'template', 'tag']);
/** Their `id` names something else, or is a number of corosync's. */
const WITHOUT_OWN_ID = new Set(['node', 'resource_ref', 'obj_ref', 'role']);

/** The addresses that a cluster moves: its IPaddr2 resources (ocf_heartbeat_IPaddr2(7)). */
export function vipsOf(cib: Cib): { id: string; ip: string; prefix?: string; nic?: string }[] {
  return cib.primitives.filter(isVip).map(({ id, params }) => ({
    id,
    ip: params.ip?.value ?? '',
    ...(params.cidr_netmask ? { prefix: params.cidr_netmask.value } : {}),
    ...(params.nic ? { nic: params.nic.value } : {}),
  }));
}

/** An address that Pacemaker moves. */
export function isVip({ class: standard, provider, type }: CibPrimitive): boolean {
  return standard === 'ocf' && provider === 'heartbeat' && type === 'IPaddr2';
}

function primitiveOf(
  primitive: XmlElement,
  index: CibIndex,
  op_defaults: Readonly<Record<string, string>>,
  positionOf: (element: XmlElement) => Position,
): CibPrimitive {
  const template = index.template(primitive);
  const { id = '', class: standard, provider, type } = { ...template?.attributes, ...primitive.attributes };
  const own = template ? [primitive, template] : [primitive];
  const sets = (name: string) => own.flatMap((one) => index.sets(one, name));
  const clone = ancestor(primitive, 'clone', 'master', 'bundle');
  const group = ancestor(primitive, 'group');
  const params = index.pairs(sets('instance_attributes'));
  return {
    id,
    class: standard ?? '',
    ...(provider === undefined ? {} : { provider }),
    type: type ?? '',
    params: Object.fromEntries(
      [...params].map(([name, pair]) => [
        name,
        { value: pair.attributes.value ?? '', position: positionOf(pair) },
      ]),
    ),
    meta: index.texts(sets('meta_attributes')),
    operations: sets('operations')
      .flatMap((one) => childrenOf(one, 'op'))
      .map((op) => ({ ...operationOf(op, index, op_defaults), position: positionOf(op) })),
    ...(clone === undefined ? {} : { clone }),
    ...(group === undefined ? {} : { group }),
    position: positionOf(primitive),
  };
}

function operationOf(
  op: XmlElement,
  index: CibIndex,
  op_defaults: Readonly<Record<string, string>>,
): PacemakerOperation {
  const said: Record<string, string | undefined> = {
    ...op_defaults,
    ...index.texts(index.sets(op, 'meta_attributes')),
    ...op.attributes,
  };
  const { name = '', interval, timeout, enabled } = said;
  return {
    name,
    ...(interval === undefined ? {} : { interval }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(enabled === undefined ? {} : { enabled }),
  };
}

/** The id of what a resource is in. */
function ancestor(primitive: XmlElement, ...names: string[]): string | undefined {
  let { parent } = primitive;
  while (parent && 'attributes' in parent) {
    if (names.includes(parent.name)) return parent.attributes.id;
    ({ parent } = parent);
  }
  return undefined;
}

function constraintOf(
  constraint: XmlElement,
  positionOf: (element: XmlElement) => Position,
): CibConstraint | undefined {
  const kind = CONSTRAINTS[constraint.name];
  if (!kind) return undefined;
  const position = positionOf(constraint);
  const named = REFERENCES.flatMap((name) => constraint.attributes[name] ?? []);
  const { node, score } = constraint.attributes;
  const inSets = descendantsOf(constraint).filter(({ name }) => name === 'resource_ref');
  return {
    kind,
    id: constraint.attributes.id ?? '',
    resources: [
      ...named.map((id) => ({ id, position })),
      ...inSets.map((one) => ({ id: one.attributes.id ?? '', position: positionOf(one) })),
    ],
    ...(node === undefined ? {} : { node }),
    ...(score === undefined ? {} : { score }),
    position,
  };
}
