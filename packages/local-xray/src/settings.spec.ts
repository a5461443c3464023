import { describe, expect, it } from '@jest/globals';
import { readSettings } from './settings.ts';

describe('readSettings', () => {
  it("has the daemon's port and one for the page", () => {
    expect(readSettings({ PORT: '', HOST: ' ' })).toEqual({
      host: '127.0.0.1',
      port: 8007,
      segmentPort: 2000,
    });
  });

  it('takes what is given', () => {
    expect(readSettings({ HOST: '0.0.0.0', PORT: '1', XRAY_PORT: '65535' })).toEqual({
      host: '0.0.0.0',
      port: 1,
      segmentPort: 65_535,
    });
  });

  it.each(['x', '-1', '1.5', '65536', '1e3', '0x10'])('refuses the port %s', (port) => {
    expect(() => readSettings({ PORT: port })).toThrow('PORT must be a port from 0 to 65535');
    expect(() => readSettings({ XRAY_PORT: port })).toThrow('XRAY_PORT must be');
  });
});
