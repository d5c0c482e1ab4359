/** The CDK app: `cdk synth -c stage=prod` (or OVERTURE_STAGE); without the CLI `CDK_OUTDIR=<folder> node infra/app.ts`. */
import { realpathSync } from 'node:fs';
import { App, type AppProps, Tags, Validations } from 'aws-cdk-lib';
import cdk from '../cdk.json' with { type: 'json' };
import { DataStack } from './data-stack.ts';
import { ServiceStack } from './service-stack.ts';
import { stages, toStage } from './stages.ts';

/**
 * Builds the two stacks of the stage named in the context, else in OVERTURE_STAGE, else `dev`.
 * @throws Error with one sentence when there is no such stage.
 */
export function createApp(props: AppProps = {}): App {
  const app = new App({ ...props, context: { ...cdk.context, ...props.context } });
  const stage = toStage(app.node.tryGetContext('stage') ?? process.env.OVERTURE_STAGE ?? 'dev');
  const settings = stages[stage];
  const tags = { project: 'overture', stage };
  const common = { stage, settings, tags, terminationProtection: settings.keepsData };
  const data = new DataStack(app, `Overture-${stage}-Data`, {
    ...common,
    description: 'Overture: the table, the received mails and the secrets.',
  });
  new ServiceStack(app, `Overture-${stage}-Service`, {
    ...common,
    description: 'Overture: API, queues, functions and their alarms.',
    data,
  });
  for (const [name, value] of Object.entries(tags)) Tags.of(app).add(name, value);
  return app;
}

/** The CLI's synth is checked; the local run's own, at each start, goes without (half of its time). */
async function main(): Promise<void> {
  const isChecked = process.env.CDK_CLI_VERSION !== undefined;
  const app = createApp({
    builtinCloudFormationValidation: isChecked,
    treeMetadata: isChecked,
    stackTraces: isChecked,
  });
  if (!isChecked) return;
  const { default: nag } = await import('cdk-nag');
  Validations.of(app).addPlugins(new nag.AwsSolutionsChecks(app));
}

if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename) {
  await main().catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
}
