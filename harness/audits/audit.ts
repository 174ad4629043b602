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
  /** It finds what is lost by what ran before the fault. */
  readonly rests_on_before?: true;
  run(scene: AuditScene): Promise<AuditRecord[]>;
  /** Takes its first look early, while the trial still watches. @returns the rest of the audit, in place of `run`. */
  begin?(scene: AuditScene): Promise<Audit['run']>;
}
