/** Where it listens. */
export interface Settings {
  host: string;
  /** Of the page and the API, TCP. */
  port: number;
  /** Where segments come in, UDP. */
  segmentPort: number;
}

/**
 * Reads HOST (127.0.0.1), PORT (8007) and XRAY_PORT (2000); what is empty counts as unset.
 *
 * @throws Error that names the wrong variable
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const text = (name: string, otherwise: string): string => {
    const value = environment[name]?.trim() ?? '';
    return value === '' ? otherwise : value;
  };
  const port = (name: string, otherwise: string): number => {
    const value = text(name, otherwise);
    const number = Number(value);
    if (!/^\d{1,5}$/.test(value) || number > 65_535)
      throw new Error(`${name} must be a port from 0 to 65535`);
    return number;
  };
  return {
    host: text('HOST', '127.0.0.1'),
    port: port('PORT', '8007'),
    segmentPort: port('XRAY_PORT', '2000'),
  };
}
