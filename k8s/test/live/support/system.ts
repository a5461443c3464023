import type { Part, System } from '@usermgmt/testing/system';
import { type Forwarded, forward, usersUrl } from './access.ts';
import type { Namespace } from './namespace.ts';

const SERVICES = 'app.kubernetes.io/part-of=usermgmt,track';
const SELECTORS: Readonly<Record<Part, string>> = {
  'user-management': 'app=usermgmt-restapp',
  notification: 'app=notification-restapp',
  mysql: 'app=mysql',
};

/** The overlay `local` in a namespace, from outside: user-management through the NodePort, the rest as people reach it. */
export async function systemIn(namespace: Namespace): Promise<System> {
  const ways: Forwarded[] = [
    await forward(namespace, 'deployment/notification-microservice', 8096),
    await forward(namespace, 'deployment/local-mailbox', 8005),
  ];
  const [notification, mailbox] = ways.map(({ url }) => url);
  const program = 'kubectl exec --stdin deployment/usermgmt-microservice -- node';
  return {
    users: await usersUrl(namespace),
    notification: `${notification}/notification`,
    mailbox: mailbox ?? '',
    parts: ['user-management', 'notification', 'mysql'],
    kill(part) {
      namespace.run(`kubectl delete pods --selector ${SELECTORS[part]} --grace-period=0 --force`);
      return Promise.resolve();
    },
    start(part) {
      namespace.run(`kubectl wait pods --selector ${SELECTORS[part]} --for=condition=Ready --timeout=120s`);
      return Promise.resolve();
    },
    command: (entry, words, input) =>
      Promise.resolve(namespace.run(`${program} dist/${entry}.js ${words.join(' ')}`, input)),
    logs: () =>
      Promise.resolve(namespace.run(`kubectl logs --selector ${SERVICES} --tail=-1 --max-log-requests=10`)),
    async stop() {
      for (const way of ways) await way.stop();
    },
  };
}
