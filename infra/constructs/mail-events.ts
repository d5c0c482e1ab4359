import { Stack } from 'aws-cdk-lib';
import { CfnConfigurationSet, CfnConfigurationSetEventDestination } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';

/** Not `open` and `click`: for these SES would put a picture into every mail and lead its links through a domain of its own. */
const EVENT_TYPES = ['send', 'delivery', 'deliveryDelay', 'bounce', 'complaint', 'reject', 'renderingFailure'];

/** The configuration set of services that name none: SES reports on what is sent with it, on the account's default bus. */
export class MailEvents extends Construct {
  readonly configurationSet: string;

  constructor(scope: Construct, id: string, { stage }: { readonly stage: Stage }) {
    super(scope, id);
    this.configurationSet = `overture-${stage}`;
    const set = new CfnConfigurationSet(this, 'ConfigurationSet', {
      name: this.configurationSet,
      deliveryOptions: { tlsPolicy: 'OPTIONAL' },
      reputationOptions: { reputationMetricsEnabled: true },
    });
    const { partition, region, account } = Stack.of(this);
    const destination = new CfnConfigurationSetEventDestination(this, 'EventDestination', {
      configurationSetName: this.configurationSet,
      eventDestination: {
        name: 'default-bus',
        enabled: true,
        matchingEventTypes: EVENT_TYPES,
        eventBridgeDestination: { eventBusArn: `arn:${partition}:events:${region}:${account}:event-bus/default` },
      },
    });
    destination.addResourceDependency(set);
  }
}
