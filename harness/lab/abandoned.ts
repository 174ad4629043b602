import type { Engine } from '../engine/connect.ts';
import { FABRIC_NODE, Label, labelFilter } from './labels.ts';
import { ownerState } from './owner.ts';
import { removeLabelled } from './remove.ts';

/**
 * Removes what is left of labs that were never finished: their fabric was created but not started, and the process of
 * this machine that made it has ended. The start guard removes such a lab at once unless it was killed as well.
 */
export async function removeAbandoned(engine: Engine): Promise<void> {
  const created = await engine.docker.listContainers({
    all: true,
    filters: { ...labelFilter(Label.node, FABRIC_NODE), status: ['created'] },
  });
  const abandoned = created.filter(({ Labels: labels }) => ownerState(labels[Label.owner]) === 'ended');
  for (const { Labels: labels } of abandoned) {
    const run_id = labels[Label.run];
    if (run_id) await removeLabelled(engine, labelFilter(Label.run, run_id), 'a lab that was never finished');
  }
}
