import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SETTINGS_STACKS } from './settings-stacks.mjs';

/**
 * Fills in the settings of an overlay: node pipeline/settings.mjs OVERLAY CONFIGURATION
 *
 * A line of k8s/overlays/OVERLAY/settings.env takes its value from the environment (the images), else from the output of
 * a stack that has its name (RDS_ENDPOINT is RdsEndpoint), else it stays. A line without `=` is only checked: Kustomize
 * takes it from the environment later (passwords). Ends with 1, and writes nothing, if a value is missing or an image is
 * not named by its digest.
 */
const PLACEHOLDER = /^$|<[^<>]*>/;

const [overlay = '', configuration = ''] = process.argv.slice(2);
const file = `k8s/overlays/${overlay}/settings.env`;
const outputs = Object.assign({}, ...SETTINGS_STACKS.map((stack) => outputsOf(`${configuration}-${stack}`)));

const namespace = process.env.NAMESPACE || namespaceOf(`k8s/overlays/${overlay}`);
// Roles and keys belong to one namespace: in ns-ums the output UmsNotificationRoleArn is NOTIFICATION_ROLE_ARN. What a
// namespace has of its own wins over what is for all.
const prefix = namespace.replace(/^ns-/, '').replaceAll('-', '_').toUpperCase();

const lines = readFileSync(file, 'utf8').split('\n').map(fillIn);
const wrong = lines.flatMap(complaint);
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
 * @typedef {{ text: string, name?: string, value: string, isFilledIn: boolean }} Line
 * @param {string} text
 * @returns {Line}
 */
function fillIn(text) {
  const [, name, old] = /^([A-Z][A-Z0-9_]*)(?:=(.*))?$/.exec(text) ?? [];
  if (name === undefined) return { text, value: '', isFilledIn: false };
  if (old === undefined) return { text, name, value: process.env[name] ?? '', isFilledIn: false };
  const value = process.env[name] || outputs[`${prefix}_${name}`] || outputs[name] || old;
  return { text: `${name}=${value}`, name, value, isFilledIn: value !== old };
}

/** @param {Line} line @returns {string[]} what is wrong with it */
function complaint({ text, name, value }) {
  if (name === undefined) return [];
  if (PLACEHOLDER.test(value)) return [`${name}: ${reason(name, text === name)}`];
  if (name.endsWith('_IMAGE') && process.env[name] && !/@sha256:[0-9a-f]{64}$/.test(value)) {
    return [`${name}: not an image by its digest`];
  }
  return [];
}

/** Why a setting has no value, and what to do. @param {string} name @param {boolean} isFromEnvironment */
function reason(name, isFromEnvironment) {
  if (isFromEnvironment) return 'set it in the environment';
  const ofNamespaces = Object.keys(outputs).filter((output) => output.endsWith(`_${name}`));
  if (ofNamespaces.length === 0) return 'neither the environment nor a stack says it';
  return `no stack has it for the namespace ${namespace || '(several)'}; there are: ${ofNamespaces.join(', ')}`;
}

/**
 * The namespace of an overlay: the one that it says, or else that of the component `namespace`.
 *
 * @param {string} folder of the overlay
 * @returns {string} '' if it has several
 */
function namespaceOf(folder) {
  const said = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('kustomization.yaml'))
    .flatMap((file) => /^namespace: (\S+)$/m.exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? []);
  return said.length > 1 ? '' : (said[0] ?? 'usermgmt');
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
