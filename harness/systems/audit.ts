import type { AuditRecord } from '../journal/journal.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import type { Lab } from '../lab/lab.ts';
import type { NodeLooks } from '../lab/node-looks.ts';
import type { RanBefore } from './ran-before.ts';

/** What an audit looks at: the lab after healing, and what it saw of it before the fault. */
export interface AuditScene {
  lab: Lab;
  before: RanBefore;
  /** All nodes just before the fault and now. */
  nodes: NodeLooks;
  /** What was broken, and which addresses moved. */
  facts: TrialOfAudit;
}

/** What audits need of a trial. */
export type TrialOfAudit = Pick<TrialFacts, 'fault' | 'later_faults' | 'address_events'>;

/** What an audit says. `notes` are for a reader who is to know of something that fails nothing: a sentence each. */
export interface Audited extends AuditRecord {
  readonly notes?: readonly string[];
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
  run(scene: AuditScene): Promise<Audited[]>;
  /** Takes its first look early, while the trial still watches. @returns the rest of the audit, in place of `run`. */
  begin?(scene: AuditScene): Promise<Audit['run']>;
}
