import { describe, expect, it } from 'vitest';
import { QUEUES, STAGES, stages, toStage } from '../../infra/stages.ts';

const all = STAGES.map((name) => ({ name, ...stages[name] }));
const deployed = all.filter(({ name }) => name !== 'local');

describe('every stage', () => {
  it.each(all)('$name records the outcome of a provider call before its invocation ends', (stage) => {
    expect(stage.minRemainingMs).toBeGreaterThan(stage.providerTimeoutMs);
    expect(stage.functionTimeoutSeconds * 1_000).toBeGreaterThanOrEqual(2 * stage.minRemainingMs);
  });

  it.each(all)('$name keeps a claim longer than a provider call and the write after it may take', (stage) => {
    expect(stage.leaseMs).toBeGreaterThan(stage.minRemainingMs);
  });

  it.each(all)('$name accepts what Lambda and SQS accept', (stage) => {
    expect(stage.queueVisibilitySeconds).toBeGreaterThanOrEqual(stage.functionTimeoutSeconds);
    expect(stage.sweepDelaySeconds).toBeLessThanOrEqual(900);
    expect(stage.apiTimeoutSeconds).toBeLessThanOrEqual(29);
    for (const queue of QUEUES) expect(stage.maxConcurrency[queue], queue).toBeGreaterThanOrEqual(2);
  });

  it.each(all)('$name waits in the queue after a schedule, in one hop, and never schedules the past', (stage) => {
    expect(stage.hopSeconds).toBeLessThanOrEqual(900);
    expect(stage.scheduleLeadSeconds).toBeLessThanOrEqual(stage.hopSeconds);
    expect(stage.scheduleFromSeconds).toBeGreaterThan(stage.scheduleLeadSeconds);
  });

  it.each(all)('$name hands a message to the DLQ only after several receives', (stage) => {
    expect(stage.maxReceiveCount).toBeGreaterThanOrEqual(5);
  });

  it.each(all)('$name takes the 1,000 parallel starts of the design at once', (stage) => {
    expect(stage.apiBurstRequests).toBeGreaterThan(1_000);
  });
});

describe('webhooks', () => {
  it.each(all)('in $name are asked only where there is time for the answer and the write after it', (stage) => {
    expect(stage.webhookMinRemainingMs).toBeGreaterThan(stage.webhookTimeoutMs);
    expect(stage.functionTimeoutSeconds * 1_000).toBeGreaterThan(stage.webhookMinRemainingMs);
  });

  it('have the times of the reference: 20 s for an answer, tried for a day, an hour apart at most', () => {
    expect(stages.prod).toMatchObject({
      webhookTimeoutMs: 20_000,
      webhookGiveUpMs: 86_400_000,
      webhookLongestMs: 3_600_000,
      webhookFailingMs: 5 * 86_400_000,
    });
  });

  it('are on this machine at home only', () => {
    expect(all.filter(({ webhooksOnLoopback }) => webhooksOnLoopback).map(({ name }) => name)).toEqual(['local']);
  });
});

describe('a deployed stage', () => {
  it.each(deployed)('$name hides a received message for six times its function’s timeout', (stage) => {
    expect(stage.queueVisibilitySeconds).toBeGreaterThanOrEqual(6 * stage.functionTimeoutSeconds);
  });

  it.each(deployed)('$name lets a schedule be a minute late, as EventBridge Scheduler may be', (stage) => {
    expect(stage.scheduleLeadSeconds).toBeGreaterThan(60);
  });

  it.each(deployed)('$name keeps a claim longer than the function that made it can live', (stage) => {
    expect(stage.leaseMs).toBeGreaterThan(stage.functionTimeoutSeconds * 1_000);
  });
});

it('names the stages there are, when asked for another', () => {
  expect(() => toStage('production')).toThrow('Unknown stage "production": choose one of dev, staging, prod, local.');
  expect(toStage('prod')).toBe('prod');
});
