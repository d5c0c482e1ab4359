import { describe, expect, it } from 'vitest';
import { START_REQUESTED } from '../../shared/contracts/ingress.ts';
import { ofType, only, pathOf, readable, synthesize } from './synthesize.ts';

const { data, service } = synthesize('prod');
const rules = ofType(service, 'AWS::Events::Rule')
  .map(([id, { Properties }]) => [pathOf(id), Properties] as const)
  .filter(([name]) => name.startsWith('Ingress'));
const ruleOf = (name: string) => rules.find(([known]) => known === `Ingress${name}`)?.[1];

describe('what asks for starts without the API', () => {
  it('has a bus of its own, named after the stage', () => {
    expect(only(service, 'AWS::Events::EventBus').Properties.Name).toBe('overture-prod');
  });

  it('comes by requests on that bus, whoever their source is', () => {
    const { EventBusName, EventPattern, State } = ruleOf('Starts') ?? {};
    expect(readable(EventBusName, data)).toBe('Bus');
    expect(EventPattern).toEqual({ 'detail-type': [START_REQUESTED] });
    expect(State).toBe('ENABLED');
  });

  it('comes by uploads, and not by results, which lie in the same bucket', () => {
    const { EventBusName, EventPattern, State } = ruleOf('Uploads') ?? {};
    expect({ EventBusName, State }).toEqual({ EventBusName: undefined, State: 'ENABLED' });
    expect(EventPattern).toMatchObject({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { object: { key: [{ prefix: 'imports/' }] } },
    });
    expect(readable(EventPattern.detail.bucket.name[0], data)).toBe('Imports');
  });

  it('goes to the queue of ingest, by a message group for each way, and what that does not take to its DLQ', () => {
    expect(rules.map(([, { Targets }]) => Targets[0].SqsParameters.MessageGroupId)).toEqual(['starts', 'uploads']);
    for (const [name, { Targets }] of rules) {
      const [{ Arn, DeadLetterConfig }, ...others] = Targets;
      expect(others, name).toEqual([]);
      expect([readable(Arn, data), readable(DeadLetterConfig.Arn, data)]).toEqual(['IngestQueue', 'IngestDeadLetters']);
    }
  });

  it('has a lease on an upload that outlives the function which took it', () => {
    for (const stage of ['prod', 'local'] as const) {
      const functions = ofType(synthesize(stage).service, 'AWS::Lambda::Function');
      const ingest = functions.find(([id]) => pathOf(id) === 'IngestFunction')?.[1].Properties;
      const { IMPORT_LEASE_MS, IMPORT_RESERVE_MS } = ingest?.Environment.Variables ?? {};
      expect(Number(IMPORT_LEASE_MS), stage).toBeGreaterThan(ingest?.Timeout * 1000);
      expect(Number(IMPORT_RESERVE_MS), stage).toBeLessThan(ingest?.Timeout * 1000);
    }
  });
});
