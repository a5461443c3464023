/** The stacks whose outputs are settings of an overlay; the role of a deployment may describe these and no others. */
export const SETTINGS_STACKS = ['network', 'dns', 'mail', 'cluster', 'data', 'workloads'];
