import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ofType, only, pathOf, type Resource, synthesize } from './synthesize.ts';

const { service } = synthesize('prod');
const alarms = ofType(service, 'AWS::CloudWatch::Alarm');
const operations = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operations.md'), 'utf8');

/** What CloudWatch bills as one metric: an alarm of a formula has several. */
const metricsOf = ({ Metrics = [{ MetricStat: {} }] }: Resource): Resource[] =>
  Metrics.filter(({ MetricStat }: Resource) => MetricStat);

describe('an alarm', () => {
  it('stands in the operations manual, with what to do', () => {
    const missing = alarms.map(([id]) => pathOf(id)).filter((name) => !operations.includes(`\`${name}\``));
    expect(missing).toEqual([]);
  });

  it('is not in the manual where there is none of the name', () => {
    const named = [
      ...operations.matchAll(/`([A-Za-z]+(?:Errors|DeadLettersPresent|OldestMessage|IteratorAge|Missing))`/g),
    ];
    const known = new Set(alarms.map(([id]) => pathOf(id)));
    expect(named.map(([, name]) => name).filter((name = '') => !known.has(name))).toEqual([]);
  });

  it('tells the topic when it starts and when it ends', () => {
    for (const [id, { Properties }] of alarms) {
      expect(Properties.AlarmActions, id).toEqual([{ Ref: expect.stringMatching(/^AlarmsTopic/) }]);
      expect(Properties.OKActions, id).toEqual(Properties.AlarmActions);
    }
  });

  it('exists for all that users notice and no other alarm sees', () => {
    const names = alarms.map(([id]) => pathOf(id));
    expect(names).toEqual(
      expect.arrayContaining([
        'HttpServerErrors',
        'HttpSlow',
        ...['email', 'sms', 'whatsapp'].flatMap((by) => [
          `Levels${by}Failing`,
          `Levels${by}Unclear`,
          `Levels${by}Late`,
        ]),
        'LevelsSwept',
        'LevelsTableThrottled',
        'LevelsFunctionsThrottled',
        'LevelsConcurrencyNearlyUsed',
        'LevelsMailBounces',
        'LevelsMailComplaints',
      ]),
    );
  });

  it('of all stands for at most what the idle budget has for alarms', () => {
    const metrics = alarms.flatMap(([, { Properties }]) => metricsOf(Properties));
    expect(metrics.length).toBeLessThanOrEqual(70);
  });
});

describe('the dashboard', () => {
  const { DashboardBody, DashboardName } = only(service, 'AWS::CloudWatch::Dashboard').Properties;
  const body = JSON.stringify(DashboardBody);

  it('has a name of its own in each region, because an account has one set of dashboards for all', () => {
    expect(DashboardName).toEqual({ 'Fn::Join': ['', [expect.any(String), { Ref: 'AWS::Region' }]] });
  });

  it('answers whether it is working, for whom not, and why', () => {
    const at = ['Is it working?', 'For whom not?', 'Why?'].map((question) => body.indexOf(question));
    expect(Math.min(...at)).toBeGreaterThan(0);
    expect(at).toEqual([...at].sort((a, b) => a - b));
  });

  it('asks the logs by organization and by reason, in the words that failures are logged with', () => {
    const source = readFileSync(join(import.meta.dirname, '..', '..', 'shared', 'delivery', 'tell-failure.ts'), 'utf8');
    const [, message = 'none'] = /observe\.info\('([^']+)'/.exec(source) ?? [];
    expect(body).toContain(message);
    expect(body).toMatch(/by organization, touchpoint/);
    expect(body).toMatch(/by touchpoint, provider, code/);
  });

  it('shows no more than the 50 metrics that cost nothing', () => {
    const shown = body.match(/\\"(Overture|AWS\/\w+)\\",\\"/g) ?? [];
    expect(shown.length).toBeGreaterThan(20);
    expect(shown.length).toBeLessThanOrEqual(50);
  });
});
