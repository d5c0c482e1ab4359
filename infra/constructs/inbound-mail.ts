import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { CfnReceiptRule, CfnReceiptRuleSet } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';

export interface InboundMailProps {
  readonly stage: Stage;
  /** Every address of it receives. */
  readonly domain: string;
  readonly bucket: Bucket;
}

/**
 * Mails to a domain become objects of the bucket, as they came, with SES's verdicts as headers. An account has one active
 * rule set, and no template can say which: an operator activates it.
 */
export class InboundMail extends Construct {
  constructor(scope: Construct, id: string, { stage, domain, bucket }: InboundMailProps) {
    super(scope, id);
    const ruleSetName = `overture-${stage}`;
    const ruleName = 'inbound';
    const { partition, region, account } = Stack.of(this);
    bucket.addToResourcePolicy(
      new PolicyStatement({
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects('*')],
        principals: [new ServicePrincipal('ses.amazonaws.com')],
        conditions: {
          StringEquals: {
            'aws:SourceAccount': account,
            'aws:SourceArn': `arn:${partition}:ses:${region}:${account}:receipt-rule-set/${ruleSetName}:receipt-rule/${ruleName}`,
          },
        },
      }),
    );
    const ruleSet = new CfnReceiptRuleSet(this, 'RuleSet', { ruleSetName });
    const rule = new CfnReceiptRule(this, 'Rule', {
      ruleSetName,
      rule: {
        name: ruleName,
        enabled: true,
        scanEnabled: true,
        recipients: [domain],
        actions: [{ s3Action: { bucketName: bucket.bucketName } }],
      },
    });
    rule.addResourceDependency(ruleSet);
    // SES tries to write when the rule is made.
    if (bucket.policy) rule.node.addDependency(bucket.policy);
  }
}
