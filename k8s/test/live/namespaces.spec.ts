import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mailsPerAddress } from '@usermgmt/testing/mailbox';
import { newUser, send } from '@usermgmt/testing/users';
import { waitFor } from '@usermgmt/testing/wait';
import { hasCluster } from '../support/cluster.ts';
import { forward, usersUrl } from './support/access.ts';
import { applyAndWait, objectsOf } from './support/deploy.ts';
import { Namespace } from './support/namespace.ts';

const DEPLOY_MS = 400_000;

(hasCluster ? describe : describe.skip)('the overlay dev-namespaces', () => {
  const deploy = (...names: string[]): Namespace[] => {
    const namespaces = names.map((name) => new Namespace(name));
    const ours = new Set(namespaces.map(({ name }) => name));
    const objects = objectsOf('dev-namespaces').filter(
      ({ kind, metadata }) =>
        ours.has(metadata.namespace ?? '') || (kind === 'Namespace' && ours.has(metadata.name)),
    );
    // One pod of each is enough here, and leaves the node room for what runs at the same time.
    const pairs = objects.filter(({ kind }) => kind === 'Deployment' && names.length > 1);
    for (const { spec } of pairs) spec.replicas = 1;
    applyAndWait(namespaces[0]!, objects);
    return namespaces;
  };

  describe('dev1 and dev2', () => {
    let namespaces: Namespace[];
    beforeAll(() => {
      namespaces = deploy('dev1', 'dev2');
    }, DEPLOY_MS);
    afterAll(() => {
      for (const namespace of namespaces) namespace.delete();
    });

    it('stand side by side: the same objects, each with users and mails of its own', async () => {
      const urls = await Promise.all(namespaces.map(usersUrl));
      expect(new Set(urls).size).toBe(2);
      const made = ['dev1', 'dev2'].map((name) =>
        newUser({ username: 'developer', email: `${name}@example.com` }),
      );
      for (const [index, user] of made.entries()) {
        expect((await send('POST', `${urls[index]}/user`, user)).status).toBe(201);
      }
      for (const [index, { email }] of made.entries()) {
        const found = await fetch(`${urls[index]}/users`);
        expect(await found.json()).toEqual([expect.objectContaining({ username: 'developer', email })]);
        const mailbox = await forward(namespaces[index]!, 'deployment/local-mailbox', 8005);
        const mails = await waitFor('the mail', async () => {
          const counts = await mailsPerAddress(mailbox.url);
          return counts.size > 0 && counts;
        });
        await mailbox.stop();
        expect([...mails.keys()]).toEqual([email]);
      }
    });
  });

  describe('dev3', () => {
    let dev3: Namespace;
    beforeAll(() => {
      [dev3] = deploy('dev3') as [Namespace];
    }, DEPLOY_MS);
    afterAll(() => {
      dev3.delete();
    });

    it("gives a container that says nothing the LimitRange's defaults", () => {
      const [pod] = dev3.get('pods --selector app=usermgmt-restapp');
      expect(pod?.spec.containers[0].resources).toEqual({
        limits: { cpu: '500m', memory: '512Mi' },
        requests: { cpu: '300m', memory: '256Mi' },
      });
    });

    it('works within the quota, which refuses what is too much', async () => {
      const users = await usersUrl(dev3);
      expect((await send('POST', `${users}/user`, newUser())).status).toBe(201);
      dev3.run('kubectl scale deployment/usermgmt-microservice --replicas=4');
      const refusal = await waitFor('a refusal', () => {
        const events = dev3.get('events --field-selector reason=FailedCreate');
        return Promise.resolve(
          events.find(({ message }) => String(message).includes('exceeded quota: ns-resource-quota')),
        );
      });
      expect(refusal.involvedObject.kind).toBe('ReplicaSet');
      const [quota] = dev3.get('resourcequotas');
      expect(Number(quota?.status.used.pods)).toBeLessThanOrEqual(Number(quota?.status.hard.pods));
      expect((await fetch(`${users}/health/ready`)).status).toBe(200);
    });
  });
});
