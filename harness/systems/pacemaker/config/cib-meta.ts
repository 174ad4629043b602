import type { CibReferences } from './cib-index.ts';
import type { RuleInput } from './cib-rules.ts';
import { CibValues } from './cib-values.ts';
import { isFalse, isTrue } from './pacemaker-boolean.ts';
import { childrenOf, type XmlElement } from './xml.ts';

/** The meta attributes of a resource. */
export interface CibMeta {
  meta: Record<string, string>;
  /** Names of those whose value is not followed. */
  open_meta: string[];
}

/**
 * Joins the meta attributes of a resource as Pacemaker 3.0 does: its own and its template's, then those of what it is
 * in, then `rsc_defaults`.
 * @param own its template, if any, and itself.
 * @param outer its group, its clone; the nearest first.
 * @param defaults the sets of `rsc_defaults`.
 */
export function metaOf(
  own: readonly XmlElement[],
  outer: readonly XmlElement[],
  defaults: readonly XmlElement[],
  { references, shared }: { references: CibReferences; shared: CibReferences },
  input: RuleInput,
): CibMeta {
  const setsOf = (element: XmlElement) => childrenOf(element, 'meta_attributes');
  const inherited = new CibValues();
  for (const one of outer) inherited.add(setsOf(one), one.name === 'group' ? references : shared, input);
  const values = new CibValues()
    .add(own.flatMap(setsOf), references, input)
    .fill(inherited)
    .add(defaults, shared, input);
  const open_meta = [...values.open.keys()];
  const meta = Object.entries(values.texts).filter(([name]) => !open_meta.includes(name));
  return { meta: Object.fromEntries(meta), open_meta };
}

/** What keeps Pacemaker from stopping and starting a resource, as `NAME=VALUE`; undefined when nothing does. */
export function unmanagedBy(meta: Readonly<Record<string, string>>): string | undefined {
  const { 'is-managed': managed, maintenance } = meta;
  if (isFalse(managed)) return `is-managed=${managed}`;
  return isTrue(maintenance) ? `maintenance=${maintenance}` : undefined;
}
