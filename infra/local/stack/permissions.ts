import { arnOf } from './identity.ts';
import type { Resources } from './resources.ts';

/** What a statement of a role's policies allows; both are patterns with `*` and `?`. */
export interface Permission {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

interface Statement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
}

interface PolicyProperties {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
  readonly Roles?: readonly string[];
}

const toArray = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/**
 * Reads what each role of the templates may do, by its ARN. Conditions are taken as met. Throws for statements that deny,
 * or that name what they are not about.
 */
export function readPermissions(resources: Resources): (roleArn: string) => readonly Permission[] {
  for (const { logicalId, created } of resources.ofType('AWS::Logs::LogGroup')) {
    created({ ref: logicalId, attributes: { Arn: arnOf('logs', `log-group:${logicalId}:*`) } });
  }
  const policies = resources.ofType<PolicyProperties>('AWS::IAM::Policy').map(({ logicalId, properties }) => ({
    roles: properties.Roles ?? [],
    permissions: properties.PolicyDocument.Statement.map((statement) => permissionIn(statement, logicalId)),
  }));
  return (roleArn) => {
    const name = roleArn.slice(roleArn.lastIndexOf('/') + 1);
    return policies.filter(({ roles }) => roles.includes(name)).flatMap(({ permissions }) => permissions);
  };
}

function permissionIn({ Effect, Action, Resource }: Statement, policy: string): Permission {
  if (Effect === 'Allow' && Action !== undefined && Resource !== undefined) {
    return { actions: toArray(Action), resources: toArray(Resource) };
  }
  throw new Error(`The local run knows only statements that allow actions on resources (policy ${policy}).`);
}

/** Whether any permission allows the action on the resource, as IAM reads patterns. */
export function createAllowance(permissions: readonly Permission[]): (action: string, resource: string) => boolean {
  const patterns = permissions.map(({ actions, resources }) => ({
    actions: actions.map((action) => patternOf(action, 'i')),
    resources: resources.map((resource) => patternOf(resource)),
  }));
  return (action, resource) =>
    patterns.some(
      ({ actions, resources }) =>
        actions.some((pattern) => pattern.test(action)) && resources.some((pattern) => pattern.test(resource)),
    );
}

const patternOf = (pattern: string, flags?: string): RegExp => {
  const literal = pattern.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, `s${flags ?? ''}`);
};
