import { z } from 'zod';
import { InputError } from '../ground/errors.ts';
import { readYamlFile } from '../topology/read-yaml-file.ts';
import { validateYaml } from '../topology/validate-yaml.ts';
import type { YamlSource } from '../topology/yaml-source.ts';
import { scalar, variableName } from './drill-schema.ts';

const name = z.string().regex(/^[A-Za-z0-9][\w.-]*$/);

/** What a matrix of runs may say; what its words refer to is checked in load-matrix.ts. */
export const matrixSchema = z.strictObject({
  description: z.string().optional().describe('one sentence: what is compared'),
  drills: z
    .array(z.string())
    .min(1)
    .describe('names of shipped drills, or paths of drill files, relative to this file'),
  profiles: z.array(z.string()).min(1).optional().describe('profiles of the drills; default: that of each'),
  variables: z
    .record(variableName, z.array(scalar).min(1))
    .optional()
    .describe('variables of the files, each with the values that it takes'),
  images: z
    .record(name, z.record(z.string(), z.string()))
    .optional()
    .describe(
      'versions: a name, and the images that nodes run instead of those of the topology; {} is the topology as it is',
    ),
  columns: z
    .string()
    .optional()
    .describe(
      'what is compared: profiles, images, or a variable; the first value is what the others stand beside',
    ),
});

export type MatrixContent = z.output<typeof matrixSchema>;

/** A matrix of runs, as its file says it. */
export interface MatrixFile {
  /** As it was given. */
  file: string;
  content: MatrixContent;
  source: YamlSource;
}

/**
 * Reads the file of a matrix.
 * @throws InputError with everything that is wrong, each with file, line and column.
 */
export async function readMatrix(file: string): Promise<MatrixFile> {
  const source = await readYamlFile(file, {});
  const problems = [...source.problems, ...validateYaml(source, matrixSchema).problems];
  if (problems.length > 0) throw new InputError(problems);
  return { file, content: matrixSchema.parse(source.data), source };
}
