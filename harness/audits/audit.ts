import type { AuditRecord } from '../journal/journal.ts';
import type { Lab } from '../lab/lab.ts';

/** What an audit looks at: the lab after healing. */
export interface AuditScene {
  lab: Lab;
}

/** Something that must hold after every trial, whatever was broken in it. */
export interface Audit {
  readonly name: string;
  run(scene: AuditScene): Promise<AuditRecord[]>;
}
