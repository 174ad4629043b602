import type { AuditRecord } from '../journal/journal.ts';
import type { Lab } from '../lab/lab.ts';
import type { RanBefore } from './ran-before.ts';

/** What an audit looks at: the lab after healing, and what it saw of it before the fault. */
export interface AuditScene {
  lab: Lab;
  before: RanBefore;
}

/** Something that must hold after every trial, whatever was broken in it. */
export interface Audit {
  readonly name: string;
  /** What must hold, in a clause for the reference; those of the registry have one. */
  readonly summary?: string;
  /** Looks at the lab just before the fault. What cannot be looked at costs this audit, not the trial. */
  before?(lab: Lab): Promise<RanBefore>;
  /** It finds what is lost by what ran before the fault: where that is not known, nothing is known to be well. */
  readonly rests_on_before?: true;
  run(scene: AuditScene): Promise<AuditRecord[]>;
  /** Takes its first look early, while the trial still watches. @returns the rest of the audit, in place of `run`. */
  begin?(scene: AuditScene): Promise<Audit['run']>;
}
