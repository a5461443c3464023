/** As much of a JSON schema as says what a field takes. */
export interface Schema {
  $ref?: string;
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  maxLength?: number;
}

/** As much of an OpenAPI document as says what is sent where. */
export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

export interface Operation {
  parameters?: { in: string; name: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** A schema, behind its reference. */
export function resolved(document: Document, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  return document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''] ?? {};
}

/** The most characters that a text may have there; undefined: no text, or any number. */
export const longestText = ({ maxLength, anyOf = [] }: Schema): number | undefined =>
  maxLength ?? anyOf.find((schema) => schema.maxLength !== undefined)?.maxLength;
