import type { Segment, Subsegment } from './segment-schema.ts';

/** After this a time is in milliseconds by mistake: as seconds it is in the year 5138. */
const LATEST_SECONDS = 1e11;

/** What the text of AWS's page demands and its JSON schema cannot say. @returns reasons to refuse the document */
export function ruleBreaks(document: Segment | Subsegment): string[] {
  const reasons: string[] = [];
  const ids = new Set<string>();
  for (const [entity, path] of entities(document)) {
    if (entity.end_time === undefined && entity.in_progress !== true) {
      reasons.push(`${path || 'document'}: needs end_time, or in_progress: true`);
    }
    if (entity.end_time !== undefined && entity.in_progress === true) {
      reasons.push(`${path || 'document'}: has both end_time and in_progress: true`);
    }
    if (ids.has(entity.id)) reasons.push(`${join(path, 'id')}: ${entity.id} is used twice in this document`);
    ids.add(entity.id);
  }
  return reasons;
}

/**
 * What X-Ray takes, but what is probably a mistake. Fields that X-Ray does not know are such: it takes the document
 * (its schema forbids no field but in annotations), and they can neither be searched nor seen in its console.
 *
 * @param fields the known fields of the document itself
 * @param callFields those of the subsegments in it
 */
export function ruleWarnings(
  document: Segment | Subsegment,
  fields: ReadonlySet<string>,
  callFields: ReadonlySet<string>,
): string[] {
  const warnings: string[] = [];
  for (const [entity, path] of entities(document)) {
    const known = entity === document ? fields : callFields;
    for (const field of Object.keys(entity)) {
      if (!known.has(field)) warnings.push(`${join(path, field)}: a field that X-Ray does not know`);
    }
    if (entity.end_time !== undefined && entity.end_time < entity.start_time) {
      warnings.push(`${join(path, 'end_time')}: is before start_time`);
    }
    if (entity.start_time > LATEST_SECONDS) {
      warnings.push(`${join(path, 'start_time')}: looks like milliseconds; X-Ray counts seconds`);
    }
  }
  return warnings;
}

function* entities(
  entity: Segment | Subsegment,
  path = '',
): Generator<[entity: Segment | Subsegment, path: string]> {
  yield [entity, path];
  for (const [index, subsegment] of (entity.subsegments ?? []).entries()) {
    yield* entities(subsegment, join(path, `subsegments.${index}`));
  }
}

function join(path: string, field: string): string {
  return path ? `${path}.${field}` : field;
}
