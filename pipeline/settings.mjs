import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { SETTINGS_STACKS } from './settings-stacks.mjs';

/**
 * Fills in the settings of an overlay: node pipeline/settings.mjs OVERLAY CONFIGURATION
 *
 * A line of k8s/overlays/OVERLAY/settings.env takes its value from the environment (the images, HOST), else from the
 * output of a stack that has its name (RDS_ENDPOINT is RdsEndpoint), else it stays. Ends with 1, and writes nothing, if
 * a placeholder is left or an image is not named by its digest.
 */
const PLACEHOLDER = /^$|<[^<>]*>/;

const [overlay = '', configuration = ''] = process.argv.slice(2);
const file = `k8s/overlays/${overlay}/settings.env`;
const outputs = Object.assign({}, ...SETTINGS_STACKS.map((stack) => outputsOf(`${configuration}-${stack}`)));

// Roles of service accounts are of one namespace: in ns-ums the output UmsNotificationRoleArn is NOTIFICATION_ROLE_ARN.
const prefix = (process.env.NAMESPACE ?? '').replace(/^ns-/, '').replaceAll('-', '_').toUpperCase();

const lines = readFileSync(file, 'utf8').split('\n').map(fillIn);
const wrong = lines.flatMap(({ name, value }) => (name === undefined ? [] : complaint(name, value)));
if (wrong.length > 0) {
  const text = [`${file} is not complete; nothing was applied:`, ...wrong].join('\n  ');
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
} else {
  writeFileSync(file, lines.map(({ text }) => text).join('\n'));
  const filled = lines.filter(({ name, isFilledIn }) => name !== undefined && isFilledIn);
  process.stdout.write(`filled in ${filled.map(({ name }) => name).join(', ')} in ${file}\n`);
}

/**
 * @param {string} text one line
 * @returns {{ text: string, name?: string, value: string, isFilledIn: boolean }}
 */
function fillIn(text) {
  const [, name, old] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(text) ?? [];
  if (name === undefined || old === undefined) return { text, value: '', isFilledIn: false };
  const value = process.env[name] || outputs[name] || outputs[`${prefix}_${name}`] || old;
  return { text: `${name}=${value}`, name, value, isFilledIn: value !== old };
}

/** @param {string} name @param {string} value @returns {string[]} */
function complaint(name, value) {
  if (PLACEHOLDER.test(value)) return [`${name}: neither the environment nor a stack says it`];
  if (name.endsWith('_IMAGE') && process.env[name] && !/@sha256:[0-9a-f]{64}$/.test(value)) {
    return [`${name}: not an image by its digest`];
  }
  return [];
}

/**
 * @param {string} stackName
 * @returns {Record<string, string>} by the names that settings have; none if there is no such stack
 */
function outputsOf(stackName) {
  const query = [
    'cloudformation',
    'describe-stacks',
    '--stack-name',
    stackName,
    '--query',
    'Stacks[0].Outputs',
  ];
  const { status, stdout, stderr } = spawnSync('aws', [...query, '--output', 'json'], { encoding: 'utf8' });
  if (status !== 0 && stderr.includes('does not exist')) return {};
  if (status !== 0) throw new Error(`aws ${query.join(' ')}: ${stderr.trim()}`);
  /** @type {{ OutputKey: string, OutputValue: string }[]} */
  const found = JSON.parse(stdout) ?? [];
  return Object.fromEntries(
    found.map(({ OutputKey, OutputValue }) => [settingNameOf(OutputKey), OutputValue]),
  );
}

/** @param {string} outputKey e.g. `RdsEndpoint` @returns {string} e.g. `RDS_ENDPOINT` */
function settingNameOf(outputKey) {
  return outputKey.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase();
}
