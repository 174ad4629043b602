import { z } from 'zod';
import { clabSchema } from './clab-schema.ts';

/** The JSON Schema (draft 2020-12) of a topology file, for editors. It says the shape only, not what names refer to. */
export function topologyJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(clabSchema, { io: 'input' }) };
}

/** The text of `docs/schemas/topology.schema.json`. */
export function topologyJsonSchemaText(): string {
  return `${JSON.stringify(topologyJsonSchema(), null, 2)}\n`;
}
