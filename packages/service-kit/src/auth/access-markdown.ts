import type { Access, AccessRules } from './access-table.js';

/** The access table as the READMEs show it: a row a route, a column for no token and for each role. */
export function accessRows({ table, userRoles }: AccessRules, roles: readonly string[]): string[][] {
  return Object.entries(table).map(([route, access]) => [
    `\`${route}\``,
    access.anybody === false ? '–' : open(access.anybody),
    ...roles.map((role) => cell(access, role, userRoles.includes(role))),
  ]);
}

function cell({ anybody, roles, own }: Access, role: string, isUser: boolean): string {
  if (anybody !== false) return open(anybody);
  if (roles.includes(role)) return 'yes';
  if (!own || !isUser) return '–';
  return own.except.length === 0 ? 'own' : `own, but not ${own.except.join(' or ')}`;
}

const open = (anybody: true | 'known' | 'client'): string => (anybody === 'client' ? 'as client' : 'yes');
