import { InputError, type Position } from '../ground/errors.ts';
import type { CibIndex } from './cib-index.ts';
import type { RuleInput } from './cib-rules.ts';
import { type CibValues, valuesOf } from './cib-values.ts';
import type { PacemakerOperation } from './pacemaker-bounds.ts';
import { pacemakerIntervalMs } from './pacemaker-time.ts';
import { childrenOf, type XmlElement } from './xml.ts';

/** An operation with what it gets from elsewhere: `op_defaults`, its own meta attributes. */
export interface CibOperation extends PacemakerOperation {
  position: Position;
}

/** What the operations of a resource are read with. */
export interface OperationSource {
  index: CibIndex;
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
} as const;

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
  // What is only referred to is taken as it is.
  const is_reference = childrenOf(primitive, 'operations').some((one) => one.attributes['id-ref']);
  const ops = own === undefined ? (given ?? []) : is_reference ? own : merged(own, given ?? []);
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
  const own = valuesOf(source.index.sets(op, 'meta_attributes'), source.index, input);
  const defaults = valuesOf(source.op_defaults, source.index, input);
  const operation: CibOperation = {
    name,
    ...(interval === undefined ? {} : { interval }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(role === undefined ? {} : { role }),
    ...(op.attributes['interval-origin'] === undefined ? {} : { starts_at_origin: true }),
    position: source.positionOf(op),
  };
  const open: string[] = [];
  for (const [option, field] of Object.entries(OPTIONS)) {
    const { value, rule } = optionOf(op, option, [own, defaults]);
    if (rule) open.push(`${option} by the rule in line ${source.positionOf(rule).line}`);
    else if (value !== undefined) operation[field] = value;
  }
  if (open.length > 0) operation.open = `${open.join(' and ')} is not followed`;
  return operation;
}

/** @param sets the one that counts before the others first; what stands in the operation itself counts before all. */
function optionOf(
  { attributes }: XmlElement,
  option: string,
  sets: readonly CibValues[],
): { value?: string | undefined; rule?: XmlElement } {
  if (attributes[option] !== undefined) return { value: attributes[option] };
  for (const { pairs, open } of sets) {
    const rule = open.get(option);
    if (rule) return { rule };
    const pair = pairs.get(option);
    if (pair) return { value: pair.attributes.value };
  }
  return {};
}
