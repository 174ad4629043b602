import { InputError, type Position } from '../ground/errors.ts';
import { CibIndex } from './cib-index.ts';
import { type CibOperation, operationsOf } from './cib-operations.ts';
import type { RuleInput } from './cib-rules.ts';
import { textsOf, valuesOf } from './cib-values.ts';
import { isTrue } from './pacemaker-boolean.ts';
import { childrenOf, descendantsOf, readXml, type XmlElement, type XmlSource } from './xml.ts';

export type { CibOperation };

/** What a Pacemaker configuration says ("Pacemaker Explained"), with the places where it says it. */
export interface Cib {
  /** `crm_config`: options of the whole cluster. */
  properties: Record<string, string>;
  /** Where those are. */
  options_position: Position;
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
  const texts = (name: string, first?: string) => {
    const sets = section(name).map((set) => index.meant(set));
    return textsOf(valuesOf(sets, index, input, first));
  };
  const all = descendantsOf(configuration);
  const primitives = childrenOf(configuration, 'resources').flatMap((resources) =>
    descendantsOf(resources).filter(({ name }) => name === 'primitive'),
  );
  const reader = new PrimitiveReader(source, index, section('op_defaults'), input);
  return {
    properties: texts('crm_config', BOOTSTRAP),
    options_position: source.positionOf(childrenOf(configuration, 'crm_config')[0] ?? configuration),
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
    ip: params.ip?.value ?? '',
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
  readonly op_defaults: readonly XmlElement[];
  readonly input: RuleInput;

  constructor(source: XmlSource, index: CibIndex, op_defaults: readonly XmlElement[], input: RuleInput) {
    this.source = source;
    this.index = index;
    this.op_defaults = op_defaults.map((set) => index.meant(set));
    this.input = input;
  }

  read(primitive: XmlElement): CibPrimitive {
    const { index, source, input } = this;
    const template = index.template(primitive);
    const said = { ...template?.attributes, ...primitive.attributes };
    const resource = {
      class: said.class ?? '',
      ...(said.provider === undefined ? {} : { provider: said.provider }),
      type: said.type ?? '',
    };
    // Of sets with one score the last counts: those of the resource itself.
    const sets = [...(template ? [template] : []), primitive].flatMap((one) =>
      index.sets(one, 'instance_attributes'),
    );
    const params = valuesOf(sets, index, { ...input, resource, on_nodes: true });
    const clone = ancestor(primitive, 'clone', 'master', 'bundle');
    const group = ancestor(primitive, 'group')?.attributes.id;
    return {
      id: primitive.attributes.id ?? '',
      ...resource,
      params: Object.fromEntries(
        [...params.pairs].map(([name, pair]) => [
          name,
          { value: pair.attributes.value ?? '', position: source.positionOf(pair) },
        ]),
      ),
      open_params: [...params.open.keys()],
      operations: operationsOf(primitive, template, {
        index,
        op_defaults: this.op_defaults,
        resource,
        now_ms: input.now_ms,
        positionOf: source.positionOf,
      }),
      ...(clone?.attributes.id === undefined ? {} : { clone: clone.attributes.id }),
      ...(group === undefined ? {} : { group }),
      promotable: clone !== undefined && this.isPromotable(clone),
      position: source.positionOf(primitive),
    };
  }

  private isPromotable(clone: XmlElement): boolean {
    const meta = textsOf(valuesOf(this.index.sets(clone, 'meta_attributes'), this.index, this.input));
    return clone.name === 'master' || isTrue(meta.promotable);
  }
}

/** What a resource is in. */
function ancestor(primitive: XmlElement, ...names: string[]): XmlElement | undefined {
  let { parent } = primitive;
  while (parent && 'attributes' in parent) {
    if (names.includes(parent.name)) return parent;
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
