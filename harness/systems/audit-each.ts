import { messageOf } from '../ground/errors.ts';
import type { AuditRecord } from '../journal/journal.ts';

/**
 * Looks at each subject of an audit by itself, side by side: one that cannot be looked at is `unknown`, and hides nothing
 * that is found at the others.
 * @param what a subject in words, to begin a sentence with: `virtual router 'router'`.
 */
export async function auditEach<Subject>(
  name: string,
  subjects: readonly Subject[],
  what: (subject: Subject) => string,
  look: (subject: Subject) => Promise<AuditRecord | AuditRecord[]>,
): Promise<AuditRecord[]> {
  const guarded = async (subject: Subject): Promise<AuditRecord | AuditRecord[]> => {
    try {
      return await look(subject);
    } catch (error) {
      const detail = `${what(subject)} could not be looked at: ${messageOf(error)}`;
      return { name, verdict: 'unknown', detail };
    }
  };
  return (await Promise.all(subjects.map(guarded))).flat();
}
