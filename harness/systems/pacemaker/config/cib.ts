import { InputError, type Position } from '../../../ground/errors.ts';
import { canonicalAddress } from '../../../topology/addresses.ts';
import { CibIndex, CibReferences } from './cib-index.ts';
import { metaOf } from './cib-meta.ts';
import { type CibOperation, operationsOf } from './cib-operations.ts';
import type { RuleInput } from './cib-rules.ts';
import { CibValues } from './cib-values.ts';
import { isTrue } from './pacemaker-boolean.ts';
import { childrenOf, descendantsOf, readXml, type XmlElement, type XmlSource } from './xml.ts';

export type { CibOperation };

/** What a Pacemaker configuration says ("Pacemaker Explained"), with the places where it says it. */
export interface Cib {
  /** `crm_config`: options of the whole cluster. */
  properties: Record<string, string>;
  /** Where those are. */
  options_position: Position;
  /** Names of the members that the section `nodes` lists, and where it is. */
  node_names: string[];
  nodes_position: Position;
  /** Meta attributes of every resource that has no own. */
  rsc_defaults: Record<string, string>;
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
  /** Names of params whose value depends on a rule that is not followed: one for each node, a date. */
  open_params: string[];
  operations: CibOperation[];
  /** Meta attributes, by name: its own, those of its group and its clone, and the defaults of all resources. */
  meta: Record<string, string>;
  /** Names of meta attributes whose value is not followed: it depends on a date, for one. */
  open_meta: string[];
  clone?: string;
  /** Its instances have roles, Promoted and Unpromoted. */
  promotable: boolean;
  group?: string;
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

/** The set of options that counts before the others, whatever their scores. */
const BOOTSTRAP = 'cib-bootstrap-options';

/**
 * Reads a CIB as `cibadmin --query` prints it and as a node is given it, and joins what belongs together as Pacemaker
 * 3.0 does.
 * @param now_ms ms since 1970, for rules with dates; left out, they are not followed.
 * @throws InputError with file:line:column when it is not well-formed XML, or not a CIB.
 */
export function parseCib(xml: string, file: string, now_ms?: number): Cib {
  const source = readXml(xml, file);
  const { root } = source;
  const configuration = childrenOf(root, 'configuration')[0];
  if (root.name !== 'cib' || !configuration) {
    const message = root.name === 'cib' ? '<cib> has no <configuration>' : `<${root.name}> is not a <cib>`;
    throw new InputError([{ message, position: source.positionOf(root) }]);
  }
  const index = new CibIndex(configuration);
  const section = (name: string) => childrenOf(configuration, name).flatMap((one) => childrenOf(one));
  const input: RuleInput = now_ms === undefined ? {} : { now_ms };
  const references = new CibReferences(index);
  const texts = (name: string, first?: string) =>
    new CibValues().add(section(name), references, input, first).texts;
  const all = descendantsOf(configuration);
  const primitives = childrenOf(configuration, 'resources').flatMap((resources) =>
    descendantsOf(resources).filter(({ name }) => name === 'primitive'),
  );
  const defaults = { operation: section('op_defaults'), resource: section('rsc_defaults') };
  const reader = new PrimitiveReader(source, index, defaults, input);
  return {
    properties: texts('crm_config', BOOTSTRAP),
    options_position: source.positionOf(childrenOf(configuration, 'crm_config')[0] ?? configuration),
    node_names: section('nodes').flatMap(({ attributes }) => attributes.uname ?? []),
    nodes_position: source.positionOf(childrenOf(configuration, 'nodes')[0] ?? configuration),
    rsc_defaults: texts('rsc_defaults'),
    primitives: primitives.map((one) => reader.read(one)),
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
    // As the kernel writes it: IPv6 has many spellings.
    ip: canonicalAddress(params.ip?.value ?? '') ?? params.ip?.value ?? '',
    ...(params.cidr_netmask ? { prefix: params.cidr_netmask.value } : {}),
    ...(params.nic ? { nic: params.nic.value } : {}),
  }));
}

/** An address that Pacemaker moves. */
export function isVip({ class: standard, provider, type }: CibPrimitive): boolean {
  return standard === 'ocf' && provider === 'heartbeat' && type === 'IPaddr2';
}

class PrimitiveReader {
  readonly source: XmlSource;
  readonly index: CibIndex;
  readonly defaults: Readonly<Record<'operation' | 'resource', readonly XmlElement[]>>;
  readonly input: RuleInput;
  readonly shared: CibReferences;

  constructor(source: XmlSource, index: CibIndex, defaults: PrimitiveReader['defaults'], input: RuleInput) {
    this.source = source;
    this.index = index;
    this.defaults = defaults;
    this.input = input;
    this.shared = new CibReferences(index);
  }

  read(primitive: XmlElement): CibPrimitive {
    const { index, source, input, shared } = this;
    const template = index.template(primitive);
    const said = { ...template?.attributes, ...primitive.attributes };
    const resource = {
      class: said.class ?? '',
      ...(said.provider === undefined ? {} : { provider: said.provider }),
      type: said.type ?? '',
    };
    const outer = outerOf(primitive);
    const clone = outer.find(({ name }) => /^(?:clone|master|bundle)$/.test(name));
    const group = outer.find(({ name }) => name === 'group')?.attributes.id;
    const copied = [primitive, ...outer].find((_, at) => clone !== undefined && outer[at] === clone);
    const own = template ? [template, primitive] : [primitive];
    const references = new CibReferences(index, copied && [copied, ...own]);
    // Of sets with one score the last counts: those of the resource itself.
    const sets = own.flatMap((one) => childrenOf(one, 'instance_attributes'));
    const params = new CibValues().add(sets, references, { ...input, resource, on_nodes: true });
    const meta = metaOf(own, outer, this.defaults.resource, { references, shared }, { ...input, resource });
    return {
      id: primitive.attributes.id ?? '',
      ...resource,
      params: Object.fromEntries(
        [...params.pairs].map(([name, { value, element }]) => [
          name,
          { value, position: source.positionOf(element) },
        ]),
      ),
      open_params: [...params.open.keys()],
      operations: operationsOf(primitive, template, {
        index,
        references,
        shared,
        op_defaults: this.defaults.operation,
        resource,
        now_ms: input.now_ms,
        positionOf: source.positionOf,
      }),
      ...meta,
      ...(clone?.attributes.id === undefined ? {} : { clone: clone.attributes.id }),
      ...(group === undefined ? {} : { group }),
      promotable: clone !== undefined && this.isPromotable(clone),
      position: source.positionOf(primitive),
    };
  }

  private isPromotable(clone: XmlElement): boolean {
    const { texts } = new CibValues().add(childrenOf(clone, 'meta_attributes'), this.shared, this.input);
    return clone.name === 'master' || isTrue(texts.promotable);
  }
}

/** What a resource is in: a group, a clone; the nearest first. */
function outerOf(primitive: XmlElement): XmlElement[] {
  const outer: XmlElement[] = [];
  let { parent } = primitive;
  while (parent && 'attributes' in parent) {
    if (/^(?:group|clone|master|bundle)$/.test(parent.name)) outer.push(parent);
    ({ parent } = parent);
  }
  return outer;
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
