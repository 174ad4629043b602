import { HadrillError, messageOf, UnknownError } from '../ground/errors.ts';
import type { Lab } from '../lab/lab.ts';
import type { NodeLook } from '../lab/node-look-shapes.ts';
import { NodeLooks } from '../lab/node-looks.ts';
import type { Audit, Audited, AuditScene, TrialOfAudit } from '../systems/audit.ts';
import { NOTHING_RAN, type RanBefore } from '../systems/ran-before.ts';
import { lookAtLab } from './daemon-names.ts';
import { audits } from './registry.ts';

const EVERY: readonly Audit[] = [...audits.values()];

/** What was seen of a lab before the fault. */
export interface BeforeFault {
  /** By each audit, under its name. */
  ran: ReadonlyMap<string, RanBefore>;
  /** All nodes, or why they could not be looked at. */
  nodes: NodeLook | string;
}

/** A lab after healing, and what the audits saw of it before the fault. */
export interface TrialScene {
  lab: Lab;
  before: BeforeFault;
  facts: TrialOfAudit;
}

/** What all audits of a trial are given. */
interface Stage extends TrialScene {
  nodes: NodeLooks;
}

/** Lets every audit look at the lab before the fault. Changes nothing. @throws what is not a HadrillError. */
export async function lookBeforeFault(lab: Lab, kinds: readonly Audit[] = EVERY): Promise<BeforeFault> {
  const looks = kinds.map(async (audit): Promise<[string, RanBefore][]> => {
    try {
      const seen = await audit.before?.(lab);
      return seen ? [[audit.name, seen]] : [];
    } catch (error) {
      if (!(error instanceof HadrillError)) throw error;
      return [[audit.name, { ...NOTHING_RAN, unknown: [messageOf(error)] }]];
    }
  });
  const [ran, nodes] = await Promise.all([Promise.all(looks), lookAtLab(lab)]);
  return { ran: new Map(ran.flat()), nodes };
}

function stageOf(scene: TrialScene): Stage {
  const look = async () => {
    const seen = await lookAtLab(scene.lab);
    if (typeof seen === 'string') throw new UnknownError(seen);
    return seen;
  };
  return { ...scene, nodes: new NodeLooks(scene.before.nodes, look) };
}

function sceneOf({ name }: Audit, { lab, before, nodes, facts }: Stage): AuditScene {
  return { lab, before: before.ran.get(name) ?? NOTHING_RAN, nodes, facts };
}

/** How long before the end of the watching the audits that listen begin. */
export const AUDITS_AHEAD_MS = 1500;

/**
 * Begins the audits that listen or compare two looks, so that their time passes meanwhile. One that cannot begin looks
 * anew when it runs.
 * @returns runs all audits, as `runAudits` does.
 */
export async function beginAudits(
  scene: TrialScene,
  kinds: readonly Audit[] = EVERY,
): Promise<() => Promise<Audited[]>> {
  const stage = stageOf(scene);
  const begun = await Promise.all(
    kinds.map(async (audit) => ({ ...audit, run: (await beginOne(audit, stage)) ?? audit.run })),
  );
  return () => runAll(stage, begun);
}

async function beginOne(audit: Audit, scene: Stage): Promise<Audit['run'] | undefined> {
  try {
    return await audit.begin?.(sceneOf(audit, scene));
  } catch {
    // What keeps it from looking now is reported by the look that counts, if it lasts.
    return undefined;
  }
}

/**
 * Runs all audits side by side: some listen for a while. One that cannot look gives one record of its own, `unknown`,
 * and leaves the others as they are.
 */
export function runAudits(scene: TrialScene, kinds: readonly Audit[] = EVERY): Promise<Audited[]> {
  return runAll(stageOf(scene), kinds);
}

async function runAll(stage: Stage, kinds: readonly Audit[]): Promise<Audited[]> {
  const records = await Promise.all(kinds.map((audit) => guarded(audit, stage)));
  return records.flat();
}

async function guarded(audit: Audit, trial: Stage): Promise<Audited[]> {
  const { name, rests_on_before } = audit;
  const scene = sceneOf(audit, trial);
  try {
    const records = await audit.run(scene);
    const unknown = rests_on_before ? scene.before.unknown : [];
    // What is found to be lost is lost, whatever else ran.
    if (unknown.length === 0 || records.some(({ verdict }) => verdict === 'fail')) return records;
    const detail = `what ran before the fault is not known (${unknown.join('; ')})`;
    return [...records.filter(({ verdict }) => verdict !== 'pass'), { name, verdict: 'unknown', detail }];
  } catch (error) {
    return [{ name, verdict: 'unknown', detail: `could not be looked at: ${messageOf(error)}` }];
  }
}
