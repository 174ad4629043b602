import { z } from 'zod';
import type { YamlPath } from './yaml-path.ts';

/** The keys that a schema's mapping at `path` may have; empty where it has none of its own. */
export function keysAt(schema: z.core.$ZodType, path: YamlPath): string[] {
  let candidates = unwrap(schema);
  for (const step of path)
    candidates = candidates.flatMap((candidate) => below(candidate, step)).flatMap(unwrap);
  const keys = candidates.flatMap((candidate) =>
    candidate instanceof z.ZodObject ? Object.keys(candidate.shape) : [],
  );
  return [...new Set(keys)];
}

/** Looks through optional, nullable, default and union to what may really be there. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodReadonly
  ) {
    return unwrap(schema.def.innerType);
  }
  if (schema instanceof z.ZodPipe) return unwrap(schema.def.in);
  if (schema instanceof z.ZodLazy) return unwrap(schema.def.getter());
  if (schema instanceof z.ZodUnion) return schema.def.options.flatMap(unwrap);
  return [schema];
}

function below(schema: z.core.$ZodType, step: string | number): z.core.$ZodType[] {
  if (schema instanceof z.ZodObject) {
    const shape: Record<string, z.core.$ZodType> = schema.shape;
    const next = Object.hasOwn(shape, String(step)) ? shape[String(step)] : undefined;
    return next ? [next] : [];
  }
  if (schema instanceof z.ZodRecord) return [schema.def.valueType];
  if (schema instanceof z.ZodArray) return [schema.def.element];
  if (schema instanceof z.ZodTuple) {
    const item = schema.def.items[Number(step)] ?? schema.def.rest;
    return item ? [item] : [];
  }
  return [];
}
