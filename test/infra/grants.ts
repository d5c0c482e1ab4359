import { functionsOf, ofType, type Resource, readable, type Synthesized } from './synthesize.ts';

export interface Grants {
  /** `api dynamodb:GetItem Table`: who, action, resource; `Deny` before the action of a statement that denies. */
  readonly granted: readonly string[];
  /** Who has a role, by its logical id: functions, `schedules`, and the services that archive logs. */
  readonly nameByRole: ReadonlyMap<string, string>;
}

export const toArray = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);
export const trustedBy = (role: Resource): string =>
  role.Properties.AssumeRolePolicyDocument.Statement[0].Principal.Service;

const roleOf = (lambda: Resource): string => lambda.Properties.Role['Fn::GetAtt'][0];

/** All that roles of a stage may do. */
export function grantsIn({ data, service }: Synthesized): Grants {
  const scheduleRoles = ofType(service, 'AWS::IAM::Role').filter(
    ([, role]) => trustedBy(role) === 'scheduler.amazonaws.com',
  );
  const nameByRole = new Map([
    ...[...functionsOf(service)].map(([name, lambda]) => [roleOf(lambda), name] as const),
    ...scheduleRoles.map(([id]) => [id, 'schedules'] as const),
    ...ofType(data, 'AWS::IAM::Role').map(([id, role]) => [id, trustedBy(role).replace('.amazonaws.com', '')] as const),
  ]);
  const policies = [service, data].flatMap((stack) => ofType(stack, 'AWS::IAM::Policy'));
  const granted = policies.flatMap(([, { Properties }]) =>
    Properties.PolicyDocument.Statement.flatMap(({ Effect, Action, Resource: resources }: Resource) =>
      toArray(Action).flatMap((action) =>
        toArray(resources).map((resource) => {
          const who = Properties.Roles.map(({ Ref }: { Ref: string }) => nameByRole.get(Ref) ?? Ref).join('+');
          return `${who} ${Effect === 'Allow' ? '' : Effect}${action} ${readable(resource, data)}`;
        }),
      ),
    ),
  );
  return { granted, nameByRole };
}
