const CONFIGURATION = ['channels', 'organizations', 'services', 'users', 'watemplates'];

/** What the front door sends to `admin`: what an organization is configured with, logins, and the documentation. */
export const ADMIN_PATHS: readonly string[] = [
  '/v2/auth/{proxy+}',
  ...CONFIGURATION.flatMap((resource) => [`/v2/${resource}`, `/v2/${resource}/{proxy+}`]),
  '/docs',
  '/docs/{proxy+}',
  '/openapi.json',
];
