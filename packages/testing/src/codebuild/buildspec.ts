import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { z } from 'zod';

/** In the order in which CodeBuild runs them. */
export const PHASES = ['install', 'pre_build', 'build', 'post_build'] as const;
export type PhaseName = (typeof PHASES)[number];

const phaseSchema = z.strictObject({
  'run-as': z.never().optional(),
  'on-failure': z.enum(['ABORT', 'CONTINUE']).optional(),
  'runtime-versions': z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  commands: z.array(z.string()).min(1),
  finally: z.array(z.string()).optional(),
});

const filesSchema = {
  files: z.array(z.string()).min(1),
  'base-directory': z.string().optional(),
  'discard-paths': z.enum(['yes', 'no']).optional(),
};

/** What of CodeBuild's format our buildspecs use. What is not in it is refused, so that no key is dropped silently. */
const schema = z.strictObject({
  version: z.literal(0.2),
  env: z
    .strictObject({
      shell: z.literal('bash'),
      variables: z.record(z.string(), z.string()).optional(),
      'exported-variables': z.array(z.string()).optional(),
    })
    .optional(),
  phases: z.partialRecord(z.enum(PHASES), phaseSchema),
  reports: z
    .record(z.string(), z.strictObject({ ...filesSchema, 'file-format': z.literal('JUNITXML') }))
    .optional(),
  artifacts: z.strictObject(filesSchema).optional(),
  cache: z.strictObject({ paths: z.array(z.string()) }).optional(),
});

export type Buildspec = z.output<typeof schema>;
export type Phase = z.output<typeof phaseSchema>;

/**
 * Reads a buildspec.
 *
 * @throws {Error} as CodeBuild fails with YAML_FILE_ERROR: if it is no YAML, or not of the format
 */
export function readBuildspec(file: string): Buildspec {
  return schema.parse(load(readFileSync(file, 'utf8')));
}
