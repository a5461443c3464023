import { describe, expect, it } from '@jest/globals';
import { build, foldersIn, hasKubectl, type Manifest, podTemplateOf } from './support/kustomize.ts';

/** What must hold for every workload of every overlay. */
(hasKubectl ? describe : describe.skip).each(foldersIn('overlays'))('the workloads of %s', (overlay) => {
  const workloads = (): Manifest[] =>
    build(`overlays/${overlay}`).filter((one) => podTemplateOf(one) !== undefined);
  const containers = (): { in: string; container: Manifest['spec'] }[] =>
    workloads().flatMap((workload) => {
      const { initContainers = [], containers: main } = podTemplateOf(workload).spec;
      return [...initContainers, ...main].map((container: Manifest['spec']) => ({
        in: `${workload.kind}/${workload.metadata.name}/${container.name}`,
        container,
      }));
    });
  /** The containers for which a rule does not hold. */
  const breaking = (holds: (container: Manifest['spec']) => boolean): string[] =>
    containers()
      .filter(({ container }) => !holds(container))
      .map((one) => one.in);

  it('give nothing to whoever breaks in', () => {
    for (const workload of workloads()) {
      expect(podTemplateOf(workload).spec).toMatchObject({
        serviceAccountName: expect.stringMatching(/./),
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: expect.any(Number),
          seccompProfile: { type: 'RuntimeDefault' },
        },
      });
    }
    for (const { container } of containers()) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('say what they need, with as much memory requested as they may use', () => {
    expect(
      breaking(({ resources: { requests, limits } }) =>
        Boolean(requests.cpu && limits.cpu && requests.memory && requests.memory === limits.memory),
      ),
    ).toEqual([]);
  });

  it('run an image of a known version', () => {
    expect(breaking(({ image }) => /(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/.test(image))).toEqual([]);
  });

  it('are probed over HTTP, and ended slowly enough', () => {
    for (const { in: where, container } of containers()) {
      if (!/restapp|notification-service/.test(where)) continue;
      const { startupProbe, readinessProbe, livenessProbe, lifecycle } = container;
      expect(startupProbe.httpGet.path).toMatch(/\/health\/live$/);
      expect(livenessProbe.httpGet.path).toMatch(/\/health\/live$/);
      expect(readinessProbe.httpGet.path).toMatch(/\/health\/ready$/);
      expect(lifecycle.preStop.sleep.seconds).toBeGreaterThanOrEqual(5);
    }
    for (const { kind, metadata, spec } of workloads()) {
      if (kind !== 'Deployment' || !/usermgmt|notification/.test(metadata.name)) continue;
      const { terminationGracePeriodSeconds, containers } = spec.template.spec;
      const delayMs = containers[0].env.find(
        ({ name }: { name: string }) => name === 'SHUTDOWN_DELAY_MS',
      ).value;
      const deadlineMs = 20_000;
      const needed =
        Number(containers[0].lifecycle.preStop.sleep.seconds) + (Number(delayMs) + deadlineMs) / 1000;
      expect(terminationGracePeriodSeconds).toBeGreaterThanOrEqual(needed + 10);
    }
  });
});
