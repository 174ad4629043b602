import { pacemakerIntervalMs } from './pacemaker-time.ts';
import { childrenOf, type XmlElement } from './xml.ts';

/** What a rule is asked about. */
export interface RuleInput {
  resource?: { class: string; provider?: string; type: string };
  operation?: { name: string; interval_ms: number };
  /** Attributes of nodes count; else there are none, as where options of operations are read. */
  on_nodes?: boolean;
  /** ms since 1970; undefined where it is not known. */
  now_ms?: number;
}

/** A day more than all zones of time differ. */
const DATE_DOUBT_MS = 86_400_000;

/**
 * Whether a rule holds ("Pacemaker Explained", Rules).
 * @returns undefined when it depends on what is not known: a date, an attribute of a node.
 */
export function ruleHolds(rule: XmlElement, input: RuleInput): boolean | undefined {
  const parts = childrenOf(rule).map((part) => partHolds(part, input));
  const is_or = rule.attributes['boolean-op'] === 'or';
  if (parts.some((one) => one === is_or)) return is_or;
  return parts.length === 0 || parts.includes(undefined) ? undefined : !is_or;
}

function partHolds(part: XmlElement, input: RuleInput): boolean | undefined {
  switch (part.name) {
    case 'rule':
      return ruleHolds(part, input);
    case 'op_expression':
      return operationHolds(part, input.operation);
    case 'rsc_expression':
      return resourceHolds(part, input.resource);
    case 'date_expression':
      return dateHolds(part, input.now_ms);
    case 'expression':
      return input.on_nodes ? undefined : /^(?:ne|not_defined)$/.test(part.attributes.operation ?? '');
    default:
      return undefined;
  }
}

function operationHolds(
  { attributes: { name, interval } }: XmlElement,
  operation: RuleInput['operation'],
): boolean {
  if (!operation || name !== operation.name) return false;
  return interval === undefined || pacemakerIntervalMs(interval) === operation.interval_ms;
}

function resourceHolds({ attributes }: XmlElement, resource: RuleInput['resource']): boolean {
  if (!resource) return false;
  return (['class', 'provider', 'type'] as const).every(
    (key) => attributes[key] === undefined || attributes[key] === resource[key],
  );
}

/** Only dates that are farther away than a day can be judged without the cluster's zone of time. */
function dateHolds(
  { attributes: { operation = 'in_range', start, end } }: XmlElement,
  now_ms: number | undefined,
): boolean | undefined {
  const after = () => isPast(start, now_ms);
  const before = () => not(isPast(end, now_ms));
  if (operation === 'gt') return after();
  if (operation === 'lt') return before();
  if (operation !== 'in_range' || (start === undefined && end === undefined)) return undefined;
  // A duration instead of an end.
  if (start !== undefined && end === undefined && after() !== false) return undefined;
  const both = [...(start === undefined ? [] : [after()]), ...(end === undefined ? [] : [before()])];
  if (both.includes(false)) return false;
  return both.includes(undefined) ? undefined : true;
}

function isPast(date: string | undefined, now_ms: number | undefined): boolean | undefined {
  const day = /^(\d{4}-\d\d-\d\d)(?:[T ][\d:.]+(?:Z| ?[+-]\d\d:?\d\d)?)?$/.exec(date ?? '')?.[1];
  const at_ms = day === undefined ? Number.NaN : Date.parse(day);
  if (Number.isNaN(at_ms) || now_ms === undefined) return undefined;
  if (now_ms > at_ms + 2 * DATE_DOUBT_MS) return true;
  return now_ms < at_ms - DATE_DOUBT_MS ? false : undefined;
}

function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}
