import { z } from 'zod';
import { drillSchema } from './drill-schema.ts';
import { matrixSchema } from './matrix-file.ts';

/**
 * The JSON Schema (draft 2020-12) of a drill file, for editors: what a file may say, before anything in it is
 * read. What its words refer to (nodes, metrics, targets) is checked in load-drill.ts.
 */
export function drillJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(drillSchema.meta({ title: 'A drill of hadrill' }), { io: 'input' }),
    oneOf: [{ required: ['fault'] }, { required: ['faults'] }, { required: ['random'] }],
  };
}

/** The text of `docs/schemas/drill.schema.json`. */
export function drillJsonSchemaText(): string {
  return `${JSON.stringify(drillJsonSchema(), null, 2)}\n`;
}

/** The text of `docs/schemas/matrix.schema.json`: what a matrix of runs may say. */
export function matrixJsonSchemaText(): string {
  const schema = z.toJSONSchema(matrixSchema.meta({ title: 'A matrix of runs of hadrill' }), { io: 'input' });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
