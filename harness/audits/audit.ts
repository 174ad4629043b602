import type { AuditRecord } from '../journal/journal.ts';
import type { Lab } from '../lab/lab.ts';
import type { BeforeFault } from './before-fault.ts';

/** What an audit looks at: the lab after healing, and what ran in it before the fault. */
export interface AuditScene {
  lab: Lab;
  before: BeforeFault;
}

/** Something that must hold after every trial, whatever was broken in it. */
export interface Audit {
  readonly name: string;
  run(scene: AuditScene): Promise<AuditRecord[]>;
}
