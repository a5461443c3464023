/**
 * A claim by its name, or by the names on the way to it with dots between
 * them: `roles`, `realm_access.roles`, `cognito:groups`,
 * `https://example.com/roles`.
 */
export function claimAt(claims: object, name: string): unknown {
  if (Object.hasOwn(claims, name)) return (claims as Record<string, unknown>)[name];
  let found: unknown = claims;
  for (const step of name.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<string, unknown>)[step];
  }
  return found;
}

/** The texts of a claim: a list of them, or one text with spaces or commas between (`scope`). */
export function textsOf(claim: unknown): string[] {
  const list: unknown[] =
    typeof claim === 'string' ? claim.split(/[\s,]/) : Array.isArray(claim) ? claim : [];
  return list.filter((text): text is string => typeof text === 'string' && text !== '');
}
