import { InputError, type Position } from '../../../ground/errors.ts';
import type { PacemakerOperation } from '../findings/pacemaker-bounds.ts';
import type { CibIndex, CibReferences } from './cib-index.ts';
import type { RuleInput } from './cib-rules.ts';
import { CibValues } from './cib-values.ts';
import { pacemakerIntervalMs } from './pacemaker-time.ts';
import { childrenOf, type XmlElement } from './xml.ts';

/** An operation with what it gets from elsewhere: `op_defaults`, its own meta attributes. */
export interface CibOperation extends PacemakerOperation {
  position: Position;
}

/** What the operations of a resource are read with. */
export interface OperationSource {
  index: CibIndex;
  /** For the sets of the resource. */
  references: CibReferences;
  /** For those of all resources. */
  shared: CibReferences;
  /** The sets of `op_defaults`. */
  op_defaults: readonly XmlElement[];
  resource: NonNullable<RuleInput['resource']>;
  now_ms: number | undefined;
  positionOf(element: XmlElement): Position & { line: number };
}

/** Meta attributes that say when an operation runs and what follows from it, with the field of each. */
const OPTIONS = {
  timeout: 'timeout',
  'on-fail': 'on_fail',
  'start-delay': 'start_delay',
  'interval-origin': 'interval_origin',
} as const;

/** Pacemaker takes it for the operations that promote and demote, and for monitors of what is promoted, only. */
const DEMOTE = /^demote$/i;
const PROMOTED = /^(?:promoted|master)$/i;

/**
 * The operations that Pacemaker 3.0 reads for a resource: those of its own, and those of its template that none of its
 * own replaces (one of the same name and role, whatever its interval).
 * @param template what the resource leaves to it.
 */
export function operationsOf(
  primitive: XmlElement,
  template: XmlElement | undefined,
  source: OperationSource,
): CibOperation[] {
  const own = opsOf(primitive, source.index);
  const given = template ? opsOf(template, source.index) : undefined;
  // Two lists are joined only where both are written out: of a list that is referred to nothing is seen then.
  const is_joined = [primitive, template].every((one) => one !== undefined && !refersToOps(one));
  const ops = own === undefined ? (given ?? []) : is_joined ? merged(own, given ?? []) : own;
  const doubles = doublesOf(ops);
  return ops.map((op) => ({
    ...operationOf(op, source),
    ...(doubles.has(op) ? { never: 'another has the same name and interval: Pacemaker runs neither' } : {}),
  }));
}

/** undefined when the element has no `operations`. */
function opsOf(parent: XmlElement, index: CibIndex): XmlElement[] | undefined {
  const lists = index.sets(parent, 'operations');
  return lists.length === 0 ? undefined : lists.flatMap((one) => childrenOf(one, 'op'));
}

function refersToOps(parent: XmlElement): boolean {
  return childrenOf(parent, 'operations').some((one) => one.attributes['id-ref'] !== undefined);
}

function merged(own: readonly XmlElement[], template: readonly XmlElement[]): XmlElement[] {
  const keys = new Set(own.map(nameAndRole));
  return [...own, ...template.filter((op) => !keys.has(nameAndRole(op)))];
}

function nameAndRole({ attributes: { name = '', role = '' } }: XmlElement): string {
  const as_none = /^(?:started|unpromoted|slave)$/i.test(role);
  return `${name} ${as_none ? '' : role}`;
}

/** Repeated operations that share name and interval, those among them that are turned off too. */
function doublesOf(ops: readonly XmlElement[]): ReadonlySet<XmlElement> {
  const byKey = Map.groupBy(ops, ({ attributes: { name, interval } }) => `${name} ${intervalMs(interval)}`);
  const doubles = [...byKey.values()].filter(
    ([first, ...others]) => others.length > 0 && intervalMs(first!.attributes.interval) > 0,
  );
  return new Set(doubles.flat());
}

/** 0 where it is none. Two intervals that are not followed differ. */
function intervalMs(interval: string | undefined): number {
  try {
    return pacemakerIntervalMs(interval ?? '0') ?? 0;
  } catch (error) {
    if (error instanceof InputError) return 0;
    throw error;
  }
}

function operationOf(op: XmlElement, source: OperationSource): CibOperation {
  const { name = '', interval, enabled, role } = op.attributes;
  const input: RuleInput = {
    resource: source.resource,
    operation: { name, interval_ms: intervalMs(interval) },
    ...(source.now_ms === undefined ? {} : { now_ms: source.now_ms }),
  };
  const values = new CibValues()
    .add(childrenOf(op, 'meta_attributes'), source.references, input)
    .replace(op.attributes, op)
    .add(source.op_defaults, source.shared, input);
  const operation: CibOperation = {
    name,
    ...(interval === undefined ? {} : { interval }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(role === undefined ? {} : { role }),
    position: source.positionOf(op),
  };
  const { interval_origin, ...options } = optionsOf(values, source);
  Object.assign(operation, options);
  // What says when to start comes before what says from when to count.
  if (interval_origin !== undefined && operation.start_delay === undefined) operation.starts_at_origin = true;
  if (name === 'monitor' && DEMOTE.test(operation.on_fail ?? '') && !PROMOTED.test(role ?? '')) {
    delete operation.on_fail;
  }
  return operation;
}

type Options = Partial<Record<(typeof OPTIONS)[keyof typeof OPTIONS] | 'open', string>>;

function optionsOf({ pairs, open }: CibValues, source: OperationSource): Options {
  const options: Options = {};
  const doubts: string[] = [];
  for (const [option, field] of Object.entries(OPTIONS)) {
    const doubt = open.get(option);
    const what = doubt?.name === 'rule' ? 'rule' : 'reference';
    if (doubt) doubts.push(`${option} by the ${what} in line ${source.positionOf(doubt).line}`);
    const pair = pairs.get(option);
    if (pair && !doubt) options[field] = pair.value;
  }
  if (doubts.length > 0) options.open = `${doubts.join(' and ')} is not followed`;
  return options;
}
