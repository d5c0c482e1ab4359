import { expect, test } from 'vitest';
import { createResolver } from '../../infra/local/stack/intrinsics.ts';

const template = {
  Resources: {
    Queue: { Type: 'AWS::SQS::Queue' },
    Topic: { Type: 'AWS::SNS::Topic' },
    Mails: { Type: 'AWS::SES::ConfigurationSet', Properties: { Name: 'mails' } },
  },
  Parameters: { Size: { Default: 'small' } },
};
const resolve = createResolver({
  stack: { name: 'Stack', template, assetFolder: () => '' },
  physical: (id) =>
    id === 'Queue' ? { ref: 'http://q', attributes: { Arn: 'arn:q', 'Deep.Name': 'deep' } } : undefined,
  outputOf: (stack, output) => `${stack}/${output}`,
  exportOf: (name) => `export ${name}`,
});

test.for([
  ['Ref of a created resource', { Ref: 'Queue' }, 'http://q'],
  ['Ref of an ignored resource that has a name', { Ref: 'Mails' }, 'mails'],
  ['Ref of an ignored resource without one', { Ref: 'Topic' }, 'Topic'],
  ['Ref of a parameter', { Ref: 'Size' }, 'small'],
  ['a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
  ['GetAtt', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:q'],
  ['GetAtt as text', { 'Fn::GetAtt': 'Queue.Deep.Name' }, 'deep'],
  ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Size' }]] }, 'a-small'],
  ['Select of Split', { 'Fn::Select': [1, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Queue', 'Arn'] }] }] }, 'q'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
  ['Sub', { 'Fn::Sub': '${AWS::AccountId} ${Queue.Arn} ${!Literal}' }, '000000000000 arn:q ${Literal}'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
  ['Sub with values', { 'Fn::Sub': ['${a} ${Size}', { a: { Ref: 'Size' } }] }, 'small small'],
  ['a weak reference', { 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'Name' } }, 'Data/Name'],
  ['an import', { 'Fn::ImportValue': 'name' }, 'export name'],
  ['no value', { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
] as const)('%s is evaluated', ([, value, expected]) => {
  expect(resolve(value)).toEqual(expected);
});

test.for([
  ['a function that is not known', { 'Fn::If': ['c', 1, 2] }, 'Fn::If'],
  ['a reference to nothing', { Ref: 'Nobody' }, 'Nobody'],
  ['an attribute of an ignored resource', { 'Fn::GetAtt': ['Topic', 'TopicArn'] }, 'Topic.TopicArn'],
] as const)('%s is refused by name', ([, value, name]) => {
  expect(() => resolve(value)).toThrow(name);
});
