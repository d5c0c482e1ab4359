import type { Functions } from './functions.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { Resources } from './resources.ts';

export interface Route {
  /** For example `ANY /v2/{proxy+}`, or `$default`. */
  readonly key: string;
  readonly lambda: LambdaFunction;
}

export interface RouteMatch {
  readonly route: Route;
  readonly pathParameters: Record<string, string> | undefined;
}

interface IntegrationProperties {
  readonly IntegrationType: string;
  readonly IntegrationUri: string;
  readonly PayloadFormatVersion?: string;
}
interface RouteProperties {
  readonly RouteKey: string;
  readonly Target: string;
  readonly AuthorizationType?: string;
}

/** The routes of the assembly's HTTP API, each with its function. Throws for integrations and authorizers not run here. */
export function readRoutes(resources: Resources, functions: Functions): Route[] {
  const targets = new Map<string, LambdaFunction>();
  for (const { logicalId, properties, created } of resources.ofType<IntegrationProperties>(
    'AWS::ApiGatewayV2::Integration',
  )) {
    const { IntegrationType, IntegrationUri, PayloadFormatVersion } = properties;
    if (IntegrationType !== 'AWS_PROXY' || PayloadFormatVersion !== '2.0') {
      throw new Error(`The local run only knows function integrations with payload format 2.0 (${logicalId}).`);
    }
    targets.set(`integrations/${logicalId}`, functions.find(IntegrationUri));
    created({ ref: logicalId, attributes: {} });
  }
  return resources.ofType<RouteProperties>('AWS::ApiGatewayV2::Route').map(({ properties }) => {
    const { RouteKey: key, Target, AuthorizationType = 'NONE' } = properties;
    const lambda = targets.get(Target);
    if (!lambda) throw new Error(`Route ${key} has no integration.`);
    if (AuthorizationType !== 'NONE') throw new Error(`The local run does not know the authorizer of route ${key}.`);
    return { key, lambda };
  });
}

/** Finds the route as API Gateway does: literal path before variable before greedy, own method before ANY, then $default. */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => RouteMatch | undefined {
  const patterns = routes
    .filter(({ key }) => key !== '$default')
    .map((route) => ({ route, ...parseKey(route.key) }))
    .sort((a, b) => (a.order < b.order ? -1 : 1));
  const fallback = routes.find(({ key }) => key === '$default');

  return (method, path) => {
    for (const pattern of patterns) {
      if (pattern.method !== 'ANY' && pattern.method !== method) continue;
      const match = pattern.expression.exec(path);
      if (match) return { route: pattern.route, pathParameters: match.groups && { ...match.groups } };
    }
    return fallback && { route: fallback, pathParameters: undefined };
  };
}

function parseKey(key: string) {
  const [method = '', path = ''] = key.split(' ');
  const segments = path.split('/').slice(1);
  const kinds = segments.map((segment) => (/\+\}$/.test(segment) ? '2' : /^\{/.test(segment) ? '1' : '0'));
  return {
    method,
    expression: new RegExp(`^${segments.map((segment) => `/${segmentExpression(segment)}`).join('')}$`),
    order: `${kinds.includes('2') ? 1 : 0} ${kinds.join('')} ${method === 'ANY' ? 1 : 0}`,
  };
}

function segmentExpression(segment: string): string {
  const [, name, greedy] = /^\{(\w+)(\+?)\}$/.exec(segment) ?? [];
  if (!name) return segment.replace(/[^\w-]/g, '\\$&');
  return greedy ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`;
}
