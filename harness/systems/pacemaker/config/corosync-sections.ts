import type { CorosyncSection } from './corosync-syntax.ts';

export interface CorosyncValue {
  key: string;
  value: string;
  line: number;
}

/** The sections of one name right below another. */
export function sectionsOf(parent: CorosyncSection, name: string): CorosyncSection[] {
  return parent.sections.filter((one) => one.name === name);
}

/** Of a key given twice the last counts. */
export function lastOf(sections: readonly CorosyncSection[], key: string): CorosyncValue | undefined {
  return sections.flatMap(({ entries }) => entries).findLast((one) => one.key === key);
}
