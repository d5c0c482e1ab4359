/** The CDK app: `cdk synth -c stage=prod` (or OVERTURE_STAGE); without the CLI `CDK_OUTDIR=<folder> node infra/app.ts`. */
import { realpathSync } from 'node:fs';
import { App, type AppProps, Tags, Validations } from 'aws-cdk-lib';
import cdk from '../cdk.json' with { type: 'json' };
import { DataStack } from './data-stack.ts';
import { EdgeStack } from './edge-stack.ts';
import { ServiceStack, type ServiceStackProps } from './service-stack.ts';
import { type StageSettings, stages, toStage } from './stages.ts';

/**
 * Builds the stacks of the stage named in the context, else in OVERTURE_STAGE, else `dev`: data, service, and the edge
 * where the stage has one. `own` are settings that differ from the stage's.
 * @throws Error with one sentence when there is no such stage.
 */
export function createApp(props: AppProps = {}, own: Partial<StageSettings> = {}): App {
  const app = new App({ ...props, context: { ...cdk.context, ...props.context } });
  const stage = toStage(app.node.tryGetContext('stage') ?? process.env.OVERTURE_STAGE ?? 'dev');
  const settings = { ...stages[stage], ...own };
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
  if (settings.edge) addEdge(app, common, settings.edge);
  for (const [name, value] of Object.entries(tags)) Tags.of(app).add(name, value);
  return app;
}

function addEdge(
  app: App,
  { settings, ...common }: Pick<ServiceStackProps, 'stage' | 'settings' | 'tags' | 'terminationProtection'>,
  edge: NonNullable<StageSettings['edge']>,
): void {
  const origin = settings.domain?.name;
  if (!origin)
    throw new Error(`Stage ${common.stage} has an edge but no domain: CloudFront needs one to send requests to.`);
  new EdgeStack(app, `Overture-${common.stage}-Edge`, {
    ...common,
    description: 'Overture: CloudFront and the firewall.',
    env: { region: 'us-east-1' },
    edge,
    origin,
  });
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
