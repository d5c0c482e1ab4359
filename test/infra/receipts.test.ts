import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { DataStack } from '../../infra/data-stack.ts';
import { stages } from '../../infra/stages.ts';
import { functionsOf, ofType, only, pathOf, type Resource, readable, synthesize } from './synthesize.ts';

const { data, service } = synthesize('prod');
/** Of the topic of a construct. */
const policyOf = (construct: string): Resource => {
  const found = ofType(service, 'AWS::SNS::TopicPolicy').find(([id]) => id.startsWith(construct));
  if (!found) throw new Error(`${construct} has no topic with a policy.`);
  return found[1];
};
const bucketPolicyOf = (bucket: string, template: Template): Resource =>
  ofType(template, 'AWS::S3::BucketPolicy').find(([id]) => pathOf(id) === `${bucket}Policy`)?.[1] ?? {};
const statements = (policy: Resource): Resource[] => policy.Properties.PolicyDocument.Statement;

describe('a rule', () => {
  const rules = ofType(service, 'AWS::Events::Rule')
    .map(([id, { Properties }]) => [pathOf(id), Properties] as const)
    .filter(([name]) => name.startsWith('Receipts'));

  it('leads each kind of event that AWS’s services tell of our messages to the queue of receipts', () => {
    const patterns = Object.fromEntries(rules.map(([name, { EventPattern }]) => [name, EventPattern]));
    const { ReceiptsMail, ...others } = patterns;
    expect(others).toEqual({
      ReceiptsSes: {
        source: ['aws.ses'],
        'detail-type': [
          'Email Sent',
          'Email Delivered',
          'Email Delivery Delayed',
          'Email Bounced',
          'Email Complaint Received',
          'Email Rejected',
          'Email Rendering Failed',
          'Email Opened',
          'Email Clicked',
          'Email Subscribed',
        ],
      },
      ReceiptsSms: { source: ['aws.sms-voice'], 'detail-type': ['Text Message Delivery Status Updated'] },
      ReceiptsSocial: { source: ['aws.social-messaging'], 'detail-type': [{ prefix: 'WhatsApp ' }] },
    });
    expect(ReceiptsMail).toMatchObject({ source: ['aws.s3'], 'detail-type': ['Object Created'] });
    expect(readable(ReceiptsMail.detail.bucket.name[0], data)).toBe('Mail');
  });

  it('listens to the default bus, and loses nothing that the queue does not take', () => {
    for (const [name, { EventBusName, State, Targets }] of rules) {
      expect({ EventBusName, State }, name).toEqual({ EventBusName: undefined, State: 'ENABLED' });
      const [{ Arn, DeadLetterConfig }, ...others] = Targets;
      expect(others).toEqual([]);
      expect([readable(Arn, data), readable(DeadLetterConfig.Arn, data)]).toEqual(['HooksQueue', 'HooksDeadLetters']);
    }
  });

  it('has a message group of its own, so that a flood of one kind holds up no other', () => {
    const groups = rules.map(([, { Targets }]) => Targets[0].SqsParameters.MessageGroupId);
    expect(groups).toEqual(['ses', 'sms', 'social', 'mail']);
  });
});

describe('the topic for AWS messaging', () => {
  it('is published to by End User Messaging only, for this account only, and by TLS only', () => {
    const [deny, allow, ...others] = statements(policyOf('Receipts'));
    expect(others).toEqual([]);
    expect(deny).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    expect(allow).toMatchObject({
      Effect: 'Allow',
      Action: 'sns:Publish',
      Principal: { Service: ['sms-voice.amazonaws.com', 'social-messaging.amazonaws.com'] },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
  });

  it('hands on to the queue of receipts', () => {
    const { Protocol, Endpoint, TopicArn } = only(service, 'AWS::SNS::Subscription').Properties;
    expect([Protocol, readable(Endpoint, data), readable(TopicArn, data)]).toEqual([
      'sqs',
      'HooksQueue',
      'ReceiptsTopic',
    ]);
  });
});

describe('mails that are sent without a configuration set of their service', () => {
  it('go with one that reports to the default bus, and that counts no openings and no clicks', () => {
    const { Name } = only(service, 'AWS::SES::ConfigurationSet').Properties;
    const { Variables } = functionsOf(service).get('email')?.Properties.Environment ?? {};
    expect(Variables.SES_CONFIGURATION_SET).toBe(Name);
    const destination = only(service, 'AWS::SES::ConfigurationSetEventDestination').Properties;
    expect(destination.ConfigurationSetName).toBe(Name);
    expect(destination.EventDestination).toMatchObject({
      Enabled: true,
      MatchingEventTypes: ['send', 'delivery', 'deliveryDelay', 'bounce', 'complaint', 'reject', 'renderingFailure'],
    });
    expect(readable(destination.EventDestination.EventBridgeDestination.EventBusArn, data)).toBe(
      'events:event-bus/default',
    );
  });
});

describe('receiving mail', () => {
  const withDomain = (inboundMailDomain: string) => {
    const settings = { ...stages.dev, inboundMailDomain };
    return Template.fromStack(new DataStack(new App(), 'Data', { stage: 'dev', settings }));
  };

  it('is off where a stage names no domain', () => {
    data.resourceCountIs('AWS::SES::ReceiptRule', 0);
    data.resourceCountIs('AWS::SES::ReceiptRuleSet', 0);
  });

  it('puts every mail to the domain into the bucket as it came, scanned', () => {
    const template = withDomain('in.example.com');
    const { RuleSetName, Rule } = only(template, 'AWS::SES::ReceiptRule').Properties;
    expect(only(template, 'AWS::SES::ReceiptRuleSet').Properties.RuleSetName).toBe(RuleSetName);
    expect(Rule).toMatchObject({ Enabled: true, ScanEnabled: true, Recipients: ['in.example.com'] });
    expect(Rule.Actions.map(({ S3Action }: Resource) => readable(S3Action.BucketName, template))).toEqual(['Mail']);
  });

  it('lets SES write for this one rule, after the policy that lets it is there', () => {
    const template = withDomain('in.example.com');
    const [, allow, ...others] = statements(bucketPolicyOf('Mail', template));
    expect(others).toEqual([]);
    expect(allow).toMatchObject({ Action: 's3:PutObject', Principal: { Service: 'ses.amazonaws.com' } });
    expect(readable(allow?.Resource, template)).toBe('Mail/*');
    const { 'aws:SourceAccount': account, 'aws:SourceArn': rule } = allow?.Condition.StringEquals ?? {};
    expect(account).toEqual({ Ref: 'AWS::AccountId' });
    expect(readable(rule, template)).toBe('ses:receipt-rule-set/overture-dev:receipt-rule/inbound');
    const { DependsOn } = only(template, 'AWS::SES::ReceiptRule');
    expect(DependsOn.map(pathOf)).toContain('MailPolicy');
  });
});
