import { connectEngine } from '../engine/connect.ts';
import { cleanLines } from '../ground/clean-text.ts';
import { jsonText } from '../ground/json-text.ts';
import { type LabSummary, listLabs } from '../lab/list-labs.ts';
import { textTable as table } from '../report/text-table.ts';
import type { Command } from './context.ts';

/** Labs that are up, and their nodes. */
export const ps: Command<{ json?: boolean }> = async (context, { json }) => {
  const labs = await listLabs(await connectEngine());
  if (json) context.out(jsonText(labs));
  else if (labs.length > 0) context.out(nodeTable(labs));
  else context.say('no lab is up');
  return 0;
};

/** One row a node. */
export function nodeTable(labs: readonly LabSummary[]): string {
  const rows = labs.flatMap((lab) =>
    lab.nodes.map((node) => [lab.lab, node.node, node.host, node.image, node.status, node.container]),
  );
  // Anybody may give a container our labels.
  return table(['LAB', 'NODE', 'HOST', 'IMAGE', 'STATUS', 'CONTAINER'], cleanLines(rows));
}
