import type { ScheduleStore } from '../aws/schedule-store.ts';
import { ACCOUNT, arnOf } from './identity.ts';
import type { Resources } from './resources.ts';

/** Opens the template's groups for schedules; those that an earlier run kept are taken up again. */
export function createScheduleGroups(resources: Resources, store: ScheduleStore): void {
  const groups = resources.ofType<{ readonly Name?: string }>('AWS::Scheduler::ScheduleGroup');
  for (const { logicalId, properties, created } of groups) {
    const { Name = logicalId } = properties;
    store.openGroup(Name);
    created({ ref: Name, attributes: { Arn: arnOf('scheduler', `schedule-group/${Name}`) } });
  }
}

/** Roles are only named here: a schedule must say as whom it sends, and nobody asks what that role may do. */
export function nameRoles(resources: Resources): void {
  for (const { logicalId, properties, created } of resources.ofType<{ readonly RoleName?: string }>('AWS::IAM::Role')) {
    const { RoleName = logicalId } = properties;
    created({ ref: RoleName, attributes: { Arn: `arn:aws:iam::${ACCOUNT}:role/${RoleName}` } });
  }
}
